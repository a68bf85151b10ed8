/** A fragment of a document as a complete pipeline text that remembers where each of its lines came from. */
import type { Diagnostic } from '../../src/base/diagnostic.ts'
import type { Fragment } from './fragment.ts'

export interface Wrapped {
  readonly text: string
  /** `LINE:COLUMN CODE` in the document; `wrapper CODE` for places that are not the document's. */
  place(d: Diagnostic): string
}

interface Line {
  readonly text: string
  /** Line of the document, and how far the wrapper moved it to the right. */
  readonly origin?: { readonly line: number; readonly shift: number }
}

export interface WrapOptions {
  readonly substitute: boolean
  /** Leaves the wrapper and the added step away. */
  readonly bare?: boolean
}

export function wrap(fragment: Fragment, document: string, o: WrapOptions): Wrapped {
  const own = fragmentLines(fragment, document)
  const substituted = o.substitute ? own.flatMap((line) => substitute(line, fragment.substitutions ?? {})) : own
  const lines = o.bare === true ? substituted : wrapLines(fragment, substituted)
  return { text: `${lines.map((line) => line.text).join('\n')}\n`, place: (d) => `${placeOf(d, lines)} ${d.code}` }
}

function fragmentLines({ lines: [first, last], from = 1 }: Fragment, document: string): readonly Line[] {
  const all = document.split('\n')
  return all.slice(first - 1, last).map((text, i) => {
    const cut = i === 0 ? from - 1 : 0
    return { text: text.slice(cut), origin: { line: first + i, shift: -cut } }
  })
}

function substitute(line: Line, substitutions: Readonly<Record<string, string>>): readonly Line[] {
  let { text } = line
  for (const [placeholder, value] of Object.entries(substitutions)) {
    const indent = /^\s*/.exec(text)?.[0] ?? ''
    text = text.replaceAll(wholeWord(placeholder), () => value.replaceAll('\n', `\n${indent}`))
  }
  return text.split('\n').map((part) => ({ ...line, text: part }))
}

function wholeWord(placeholder: string): RegExp {
  const literal = placeholder.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'g')
}

const head = [
  'pipeline:',
  '  identifier: sample',
  '  name: sample',
  '  stages:',
  '    - stage:',
  '        identifier: sample',
  '        name: sample',
  '        type: CI',
]
const cloud = ['          platform: {os: Linux, arch: Amd64}', '          runtime: {type: Cloud, spec: {}}']
const kubernetes = ['          infrastructure: {type: KubernetesDirect, spec: {connectorRef: cluster, namespace: default}}']
const execution = ['          execution:', '            steps:']
const addedBuild = [
  '              - step: {identifier: added, name: added, type: BuildAndPushDockerRegistry, spec: {connectorRef: hub, repo: example/added, tags: [a]}}',
]

function wrapLines({ wrapper, on, added }: Fragment, own: readonly Line[]): readonly Line[] {
  if (wrapper === 'none') return own
  const spec = ['        spec:', '          cloneCodebase: true', ...(on === 'Kubernetes' ? kubernetes : cloud), ...execution]
  const steps = added === undefined ? [] : addedBuild
  if (wrapper === 'steps') return [...plain(head), ...plain(spec), ...plain(steps), ...moved(own, 14)]
  if (wrapper === 'stage-end') return [...plain(head), ...plain(spec), ...plain(steps), ...moved(own, 8)]
  return [...plain(head), ...moved(own, 8), ...plain(spec), ...plain(steps)]
}

function plain(lines: readonly string[]): readonly Line[] {
  return lines.map((text) => ({ text }))
}

/** Moves the block so that its leftmost line starts at a column. */
function moved(lines: readonly Line[], to: number): readonly Line[] {
  const indents = lines.filter(({ text }) => text.trim() !== '').map(({ text }) => text.length - text.trimStart().length)
  const by = to - Math.min(...indents)
  return lines.map(({ text, origin }) => ({
    text: by >= 0 ? ' '.repeat(by) + text : text.slice(-by),
    ...(origin !== undefined && { origin: { line: origin.line, shift: origin.shift + by } }),
  }))
}

function placeOf({ at }: Diagnostic, lines: readonly Line[]): string {
  if (at === undefined) return 'nowhere'
  const origin = lines[at.line - 1]?.origin
  return origin === undefined ? 'wrapper' : `${origin.line}:${at.col - origin.shift}`
}
