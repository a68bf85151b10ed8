/** Whether a run came to what a forecast says; if not, in which point. */
import type { Forecast, Foreseen, StepRun } from './flow-model.ts'

export interface SeenRun extends StepRun {
  /** False: it ended without having begun. */
  readonly began: boolean
}

export interface SeenFlow {
  readonly runs: readonly SeenRun[]
  readonly end: number
  readonly verdict: string
}

/** Undefined: it did. */
export function misfit(expected: Forecast, seen: SeenFlow): string | undefined {
  const wanted = `ends at ${expected.end}, ${expected.verdict}`
  const found = `ends at ${seen.end}, ${seen.verdict}`
  if (wanted !== found) return `${found}; expected: ${wanted}`
  const runs = Map.groupBy(seen.runs, ({ path }) => path)
  const foreseen = Map.groupBy(expected.runs, ({ path }) => path)
  for (const path of new Set([...runs.keys(), ...foreseen.keys()])) {
    const wrong = misfitOf(inOrder(foreseen.get(path) ?? []), inOrder(runs.get(path) ?? []), expected.cut)
    if (wrong !== undefined) return `${path}: ${wrong}`
  }
  return undefined
}

function inOrder<T extends StepRun>(runs: readonly T[]): readonly T[] {
  return runs.toSorted((a, b) => a.start - b.start || a.end - b.end)
}

/** Of one step. What was not begun when everything ended has no beginning. */
function misfitOf(expected: readonly Foreseen[], seen: readonly SeenRun[], cut: number | undefined): string | undefined {
  for (let i = 0; i < Math.max(expected.length, seen.length); i++) {
    const [wanted, found] = [expected[i], seen[i]]
    if (wanted === undefined || found === undefined) {
      if (wanted?.perhaps === true) continue
      return `time ${i + 1} was ${found === undefined ? 'not seen' : `${textOf(found)}`}; expected: ${wanted === undefined ? 'none' : textOf(wanted)}`
    }
    const begins = cut === undefined || (found.began && wanted.start < cut)
    const verdicts = wanted.orAborted ? [wanted.verdict, 'aborted'] : [wanted.verdict]
    if ((begins && found.start !== wanted.start) || found.end !== wanted.end || !verdicts.includes(found.verdict))
      return `${textOf(found)}; expected: ${textOf(wanted)}`
  }
  return undefined
}

function textOf({ start, end, verdict, orAborted }: StepRun & { readonly orAborted?: true }): string {
  return `${start}-${end} ${verdict}${orAborted ? ' or aborted' : ''}`
}
