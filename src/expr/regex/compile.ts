/** Turns a pattern tree into instructions for the parallel engine. Counted repetition is written out, within a limit. */
import { exprLimits } from '../limits.ts'
import { parsePattern } from './parse-pattern.ts'
import { badPattern, type Instruction, type Pattern, type Program } from './pattern.ts'

type Writing = Instruction[]

/** With `whole` a match must reach the end of the text. */
export function compilePattern(text: string, whole: boolean): Program {
  const parsed = parsePattern(text)
  const code: Writing = []
  emit(code, { op: 'save', slot: 0 })
  write(code, parsed.pattern)
  if (whole) emit(code, { op: 'assert', assertion: 'finish' })
  emit(code, { op: 'save', slot: 1 })
  emit(code, { op: 'match' })
  return { instructions: code, groups: parsed.groups, names: parsed.names }
}

function emit(code: Writing, instruction: Instruction): number {
  if (code.length >= exprLimits.regexProgram) badPattern('it is too large')
  return code.push(instruction) - 1
}

const writers: { readonly [K in Pattern['kind']]: (code: Writing, p: Pattern & { kind: K }) => void } = {
  unit: (code, p) => void emit(code, { op: 'unit', test: p.test }),
  assert: (code, p) => void emit(code, { op: 'assert', assertion: p.assertion }),
  sequence: (code, p) => {
    for (const item of p.items) write(code, item)
  },
  either: writeEither,
  repeat: writeRepeat,
  group: (code, p) => {
    emit(code, { op: 'save', slot: p.index * 2 })
    write(code, p.item)
    emit(code, { op: 'save', slot: p.index * 2 + 1 })
  },
}

function write(code: Writing, p: Pattern): void {
  const writer = writers[p.kind] as (code: Writing, p: Pattern) => void
  writer(code, p)
}

function writeEither(code: Writing, p: Pattern & { kind: 'either' }): void {
  const exits: number[] = []
  for (const [index, option] of p.options.entries()) {
    const last = index === p.options.length - 1
    const split = last ? undefined : emit(code, { op: 'jump', to: 0 })
    write(code, option)
    if (split === undefined) continue
    exits.push(emit(code, { op: 'jump', to: 0 }))
    code[split] = { op: 'split', first: split + 1, second: code.length }
  }
  for (const exit of exits) code[exit] = { op: 'jump', to: code.length }
}

function writeRepeat(code: Writing, p: Pattern & { kind: 'repeat' }): void {
  for (let i = 0; i < p.min; i++) {
    emit(code, { op: 'jump', to: code.length + 1 }) // keeps an endless repetition of nothing within the limit
    write(code, p.item)
  }
  if (p.max === Infinity) {
    const split = emit(code, { op: 'jump', to: 0 })
    write(code, p.item)
    emit(code, { op: 'jump', to: split })
    code[split] = branch(p.lazy, split + 1, code.length)
    return
  }
  const splits: number[] = []
  for (let i = p.min; i < p.max; i++) {
    splits.push(emit(code, { op: 'jump', to: 0 }))
    write(code, p.item)
  }
  for (const split of splits) code[split] = branch(p.lazy, split + 1, code.length)
}

function branch(lazy: boolean, inside: number, outside: number): Instruction {
  return lazy ? { op: 'split', first: outside, second: inside } : { op: 'split', first: inside, second: outside }
}
