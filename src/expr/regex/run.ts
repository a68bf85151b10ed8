/** Runs all alternatives of a pattern side by side (Thompson, Pike): time grows with text times pattern, never exponentially. */
import { type Assertion, isWordUnit, type Program } from './pattern.ts'

/** Start and end of each group, -1 where it took no part. */
export type Match = readonly number[]

interface Threads {
  readonly at: number[]
  readonly saved: Match[]
}

export interface Search {
  readonly program: Program
  readonly text: string
  readonly from: number
  /** Only at `from`, instead of the first place where it matches. */
  readonly anchored: boolean
  /** Called with work done; may throw to end the search. */
  readonly spend: (steps: number) => void
}

export function search(s: Search): Match | undefined {
  const { instructions } = s.program
  const none: Match = new Array<number>(s.program.groups * 2).fill(-1)
  const visited = new Int32Array(instructions.length).fill(-1)
  let current: Threads = { at: [], saved: [] }
  let found: Match | undefined
  for (let at = s.from; at <= s.text.length; at++) {
    if (found === undefined && (at === s.from || !s.anchored)) follow(s, current, visited, 0, at, none)
    if (current.at.length === 0 && (found !== undefined || s.anchored)) break
    s.spend(current.at.length + 1)
    const code = at < s.text.length ? s.text.charCodeAt(at) : -1
    const next: Threads = { at: [], saved: [] }
    for (let i = 0; i < current.at.length; i++) {
      const pc = current.at[i] ?? 0
      const instruction = instructions[pc]
      const saved = current.saved[i] ?? none
      if (instruction?.op === 'match') {
        found = saved
        break // later threads have lower priority
      }
      if (instruction?.op === 'unit' && code >= 0 && instruction.test(code)) follow(s, next, visited, pc + 1, at + 1, saved)
    }
    current = next
  }
  return found
}

/** Adds the threads reachable from `pc` without reading, in order of priority. `visited` holds the position of the last visit. */
function follow(s: Search, threads: Threads, visited: Int32Array, first: number, at: number, firstSaved: Match): void {
  const open: { pc: number; saved: Match }[] = [{ pc: first, saved: firstSaved }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { pc, saved } = next
    if (visited[pc] === at) continue
    visited[pc] = at
    const instruction = s.program.instructions[pc]
    if (instruction === undefined) continue
    if (instruction.op === 'jump') open.push({ pc: instruction.to, saved })
    else if (instruction.op === 'split') open.push({ pc: instruction.second, saved }, { pc: instruction.first, saved })
    else if (instruction.op === 'save') open.push({ pc: pc + 1, saved: saved.with(instruction.slot, at) })
    else if (instruction.op === 'assert') {
      if (holds(instruction.assertion, s.text, at)) open.push({ pc: pc + 1, saved })
    } else {
      threads.at.push(pc)
      threads.saved.push(saved)
    }
  }
}

const isBreak = (text: string, at: number): boolean => text.charCodeAt(at) === 10 || text.charCodeAt(at) === 13

const tests: Readonly<Record<Assertion, (text: string, at: number) => boolean>> = {
  start: (_text, at) => at === 0,
  finish: (text, at) => at === text.length,
  // As in Java, a final line break may follow the end.
  end: (text, at) =>
    at === text.length ||
    (isBreak(text, at) && (at === text.length - 1 || (at === text.length - 2 && text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10))),
  lineStart: (text, at) => at === 0 || (isBreak(text, at - 1) && at < text.length),
  lineEnd: (text, at) => at === text.length || isBreak(text, at),
  word: (text, at) => isWordAt(text, at - 1) !== isWordAt(text, at),
  notWord: (text, at) => isWordAt(text, at - 1) === isWordAt(text, at),
}

function holds(assertion: Assertion, text: string, at: number): boolean {
  return tests[assertion](text, at)
}

function isWordAt(text: string, at: number): boolean {
  return at >= 0 && at < text.length && isWordUnit(text.charCodeAt(at))
}
