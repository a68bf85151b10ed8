/** Follows the variables through the stages: for each word that is expanded, which names it uses and which of them nobody set. */
import type { Instruction } from './instructions/instruction.ts'
import type { Dockerfile } from './parse.ts'
import type { ScopeOptions } from './scope.ts'
import type { StageGraph, StageNode } from './stages.ts'
import type { Word } from './word.ts'
import { expandWord } from './words.ts'

export interface WordUse {
  readonly instruction: Instruction
  readonly word: Word
  readonly unset: ReadonlySet<string>
  /** Names that have a value here, for suggestions. */
  readonly known: readonly string[]
}

export interface VariableOptions extends ScopeOptions {
  /** ENV of a stage's base image; undefined: not known, so the stage is passed over. */
  readonly baseEnv?: (node: StageNode) => ReadonlyMap<string, string> | undefined
}

interface StageVariables {
  readonly values: Map<string, string>
  /** Declared by ARG, perhaps without a value. */
  readonly declared: Set<string>
}

/** Every expanded word of all stages whose variables can be known. */
export function wordUses(file: Dockerfile, graph: StageGraph, o: VariableOptions): readonly WordUse[] {
  const ends: (StageVariables | undefined)[] = []
  const uses: WordUse[] = []
  for (const node of graph.nodes) {
    const start = startOf(node, ends, o)
    ends.push(start)
    if (start === undefined) continue
    for (const instruction of node.stage.instructions) {
      uses.push(...usesIn(file, instruction, start))
      apply(file, graph, instruction, start, o)
    }
  }
  return uses
}

function startOf(node: StageNode, ends: readonly (StageVariables | undefined)[], o: VariableOptions): StageVariables | undefined {
  if (node.base.kind === 'stage') {
    const end = ends[node.base.index]
    return end && { values: new Map(end.values), declared: new Set(end.declared) }
  }
  const env = node.base.kind === 'scratch' ? new Map<string, string>() : o.baseEnv?.(node)
  return env && { values: new Map([['PATH', ''], ...env]), declared: new Set() }
}

function usesIn(file: Dockerfile, instruction: Instruction, variables: StageVariables): readonly WordUse[] {
  return wordsOf(instruction).flatMap((word) => {
    const result = expandWord(word.text, { escape: file.directives.escape, lookup: (name) => variables.values.get(name) })
    if (!result.ok) return []
    const unset = new Set([...result.unset].filter((name) => !variables.declared.has(name)))
    return [{ instruction, word, unset, known: [...variables.values.keys()] }]
  })
}

function apply(file: Dockerfile, graph: StageGraph, instruction: Instruction, variables: StageVariables, o: VariableOptions): void {
  const value = (word: Word): string => {
    const result = expandWord(word.text, { escape: file.directives.escape, lookup: (name) => variables.values.get(name) })
    return result.ok ? result.text : ''
  }
  if (instruction.kind === 'env') {
    const pairs = instruction.pairs.map((pair) => [value(pair.key), value(pair.value)] as const)
    for (const [name, text] of pairs) variables.values.set(name, text)
  }
  if (instruction.kind !== 'arg') return
  for (const { name, value: given } of instruction.args) {
    const text = o.args.get(name.text) ?? (given === undefined ? graph.scope.get(name.text) : value(given))
    variables.declared.add(name.text)
    if (text !== undefined) variables.values.set(name.text, text)
  }
}

/** The words of an instruction that variables are put into. */
export function wordsOf(instruction: Instruction): readonly Word[] {
  switch (instruction.kind) {
    case 'env':
    case 'label':
      return instruction.pairs.flatMap((pair) => [pair.key, pair.value])
    case 'add':
    case 'copy': {
      const flags = [instruction.chown, instruction.chmod, ...instruction.exclude].filter((word) => word !== undefined)
      return [...flags, ...instruction.sources, instruction.dest]
    }
    case 'workdir':
      return [instruction.path]
    case 'user':
      return [instruction.user]
    case 'volume':
      return instruction.paths
    case 'stopsignal':
      return [instruction.signal]
    case 'expose':
      return instruction.ports
    case 'arg':
      return instruction.args.flatMap(({ value }) => value ?? [])
    case 'run':
      return instruction.mounts
    default:
      return []
  }
}
