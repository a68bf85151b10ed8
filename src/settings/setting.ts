/** A setting as somebody gave it: the value (known, or known later) and where it came from. */
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Span } from '../base/span.ts'

export const originKinds = ['step-env', 'yaml', 'step-output', 'stage-variable', 'pipeline-variable', 'environment', 'file'] as const
export type OriginKind = (typeof originKinds)[number]

export interface Origin {
  readonly kind: OriginKind
  /** The variable or the YAML key, as written. */
  readonly name: string
  readonly at?: Span
}

export interface EnvEntry {
  readonly value: Planned<Text>
  readonly origin: Origin
}

export interface Setting<T> {
  readonly value: Planned<T>
  readonly origin: Origin
}

/** `NAME=value`, or `NAME` alone, whose value comes from elsewhere. */
export interface Pair {
  readonly name: string
  readonly value?: Text
}

const words: Readonly<Record<OriginKind, string>> = {
  'step-env': 'variable of the step',
  yaml: 'field',
  'step-output': 'output of an earlier step',
  'stage-variable': 'stage variable',
  'pipeline-variable': 'pipeline variable',
  environment: 'environment variable',
  file: 'variable from a file',
}

/** Lower is more specific and wins. */
export function rankOf(origin: Origin): number {
  return originKinds.indexOf(origin.kind)
}

/** For messages: `stage variable PLUGIN_TAGS`. */
export function showOrigin(origin: Origin): string {
  return `${words[origin.kind]} ${origin.name}`
}
