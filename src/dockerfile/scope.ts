/** The variables a Dockerfile sees before its first stage: what the platform gives, and the ARG instructions at the top. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { Dockerfile } from './parse.ts'
import type { Word } from './word.ts'
import { expandWord } from './words.ts'

/** `os/arch[/variant]` in parts, as ARG sees them. */
export interface PlatformFacts {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

export interface ScopeOptions {
  readonly args: ReadonlyMap<string, string>
  readonly target: PlatformFacts
  readonly build: PlatformFacts
  /** Name of the stage to build; undefined: the last one. */
  readonly targetStage?: string | undefined
  /** What stands in for a stage or an image of that name. */
  readonly context?: (name: string) => string | undefined
}

/** Known to every RUN without an ARG, and never part of a cache key. */
export const proxyArgs: readonly string[] = [
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'FTP_PROXY',
  'ftp_proxy',
  'NO_PROXY',
  'no_proxy',
  'ALL_PROXY',
  'all_proxy',
]

export function platformArgs(o: ScopeOptions, lastStage: string | undefined): ReadonlyMap<string, string> {
  const given = [...platformFacts('BUILD', o.build), ...platformFacts('TARGET', o.target), ['TARGETSTAGE', o.targetStage ?? lastStage ?? 'default'] as const]
  return new Map(given.map(([name, value]) => [name, o.args.get(name) ?? value]))
}

function platformFacts(prefix: string, p: PlatformFacts): readonly (readonly [string, string])[] {
  const platform = [p.os, p.architecture, ...(p.variant === undefined ? [] : [p.variant])].join('/')
  return [
    [`${prefix}PLATFORM`, platform],
    [`${prefix}OS`, p.os],
    [`${prefix}OSVERSION`, ''],
    [`${prefix}ARCH`, p.architecture],
    [`${prefix}VARIANT`, p.variant ?? ''],
  ]
}

/** What FROM sees, and what a stage's `ARG name` without a default takes over. Values of the caller win over defaults. */
export function globalScope(file: Dockerfile, o: ScopeOptions, report: (d: Diagnostic) => void): ReadonlyMap<string, string> {
  const scope = new Map(platformArgs(o, file.stages.at(-1)?.name))
  for (const { name, value } of file.globalArgs.flatMap((arg) => arg.args)) {
    const given = o.args.get(name.text)
    const own = given ?? (value === undefined ? undefined : expand(value, file.directives.escape, scope, report))
    if (own !== undefined) scope.set(name.text, own)
  }
  return scope
}

/** The word with variables put in; undefined after a report. */
export function expand(word: Word, escapeChar: string, scope: ReadonlyMap<string, string>, report: (d: Diagnostic) => void): string | undefined {
  const result = expandWord(word.text, { escape: escapeChar, lookup: (name) => scope.get(name) })
  if (result.ok) return result.text
  report(diagnose('DOCKERFILE_EXPANSION_FAILED', { word: word.text, reason: result.reason }, { at: word.at }))
  return undefined
}
