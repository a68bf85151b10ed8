/** The stage graph: what each stage begins with, which others it copies from, and what a target needs. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { didYouMean } from '../text/suggest.ts'
import type { Instruction } from './instructions/instruction.ts'
import { mountSource } from './mount-source.ts'
import type { Dockerfile, Stage } from './parse.ts'
import { expand, globalScope, type ScopeOptions } from './scope.ts'
import type { Word } from './word.ts'

export type Base = { readonly kind: 'scratch' } | { readonly kind: 'stage'; readonly index: number } | { readonly kind: 'image'; readonly name: string }

export interface StageNode {
  readonly stage: Stage
  readonly base: Base
  /** As given by --platform, expanded. */
  readonly platform: string | undefined
  /** Stages that it copies or mounts from. */
  readonly uses: readonly number[]
}

export interface StageGraph {
  readonly scope: ReadonlyMap<string, string>
  readonly nodes: readonly StageNode[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Where `--from` points. A name that is no stage is a named context or an image: the builder decides. */
export type Source = { readonly kind: 'stage'; readonly index: number } | { readonly kind: 'other'; readonly name: string }

export function resolveStages(file: Dockerfile, o: ScopeOptions): StageGraph {
  const diagnostics: Diagnostic[] = []
  const report = (d: Diagnostic): void => void diagnostics.push(d)
  const scope = globalScope(file, o, report)
  const nodes = file.stages.map((stage): StageNode => {
    const { base, platform } = stage.from
    const given = platform && expand(platform, file.directives.escape, scope, report)
    return { stage, base: resolveBase(file, stage, base, { scope, report, context: o.context }), platform: given, uses: usesOf(file, stage, report, o.context) }
  })
  return { scope, nodes, diagnostics }
}

interface Resolving {
  readonly scope: ReadonlyMap<string, string>
  readonly report: (d: Diagnostic) => void
  readonly context: ScopeOptions['context']
}

function resolveBase(file: Dockerfile, stage: Stage, word: Word, { scope, report, context }: Resolving): Base {
  const before = report
  let failed = false
  const name = expand(word, file.directives.escape, scope, (d) => {
    failed = true
    before(d)
  })
  if ((name ?? '') === '' && !failed) report(diagnose('DOCKERFILE_FROM_BLANK', { word: word.text }, { at: word.at }))
  const instead = context?.(name ?? '')
  if (instead !== undefined) return { kind: 'image', name: instead }
  const earlier = file.stages.slice(0, stage.index).findLast((other) => other.name !== undefined && other.name === name)
  if (earlier !== undefined) return { kind: 'stage', index: earlier.index }
  return name === 'scratch' ? { kind: 'scratch' } : { kind: 'image', name: name ?? '' }
}

function usesOf(file: Dockerfile, stage: Stage, report: (d: Diagnostic) => void, context: ScopeOptions['context']): readonly number[] {
  const found = new Set<number>()
  for (const word of stage.instructions.flatMap(sourcesOf)) {
    if (context?.(word.text) !== undefined) continue
    const source = findSource(file, word, stage.index, report)
    if (source?.kind === 'stage') found.add(source.index)
  }
  return [...found]
}

/** The words behind `--from` and `from=` of one instruction. Triggers count where they fire, not where they are declared. */
export function sourcesOf(instruction: Instruction): readonly Word[] {
  if (instruction.kind === 'copy') return instruction.from === undefined ? [] : [instruction.from]
  if (instruction.kind === 'run') return instruction.mounts.flatMap((mount) => mountSource(mount) ?? [])
  return []
}

/** Undefined after a report: a number without a stage, the stage itself or a later one. */
export function findSource(file: Dockerfile, word: Word, user: number, report: (d: Diagnostic) => void): Source | undefined {
  if (/[$]./.test(word.text)) {
    report(diagnose('DOCKERFILE_FROM_VARIABLE', { word: word.text }, { at: word.at }))
    return undefined
  }
  const index = /^[+-]?\d+$/.test(word.text) ? Number(word.text) : file.stages.findLast((other) => other.name === word.text.toLowerCase())?.index
  if (index === undefined) return { kind: 'other', name: word.text }
  if (index < 0 || index >= file.stages.length)
    report(diagnose('DOCKERFILE_STAGE_INDEX_INVALID', { index: word.text, count: file.stages.length }, { at: word.at }))
  else if (index === user) report(diagnose('DOCKERFILE_STAGE_CYCLE', { stage: word.text }, { at: word.at }))
  else if (index > user) report(diagnose('DOCKERFILE_STAGE_LATER', { stage: word.text }, { at: word.at }))
  else return { kind: 'stage', index }
  return undefined
}

/** The stage to build: by name, by number, or the last. Undefined after a report. */
export function findTarget(file: Dockerfile, target: string | undefined, report: (d: Diagnostic) => void): number | undefined {
  if (target === undefined || target === '') return file.stages.at(-1)?.index
  const byName = file.stages.findLast((stage) => stage.name === target.toLowerCase())?.index
  const found = byName ?? (/^\d+$/.test(target) ? file.stages[Number(target)]?.index : undefined)
  if (found !== undefined) return found
  const hint = didYouMean(
    target,
    file.stages.flatMap((stage) => stage.name ?? []),
  )
  report(diagnose('DOCKERFILE_TARGET_UNKNOWN', { target }, { at: file.file.span(0), hint }))
  return undefined
}

/** The target and all it needs, in the order of the file; the rest is never built. */
export function reachableStages(nodes: readonly StageNode[], target: number): readonly number[] {
  const found = new Set<number>()
  const visit = (index: number): void => {
    const node = nodes[index]
    if (node === undefined || found.has(index)) return
    found.add(index)
    if (node.base.kind === 'stage') visit(node.base.index)
    node.uses.forEach(visit)
  }
  visit(target)
  return [...found].sort((a, b) => a - b)
}
