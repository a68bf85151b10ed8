/** The progress of BuildKit told as build events: steps begin in order and end once, whatever BuildKit says of a vertex later. */
import { diagnose } from '../../../base/diagnostic.ts'
import type { BuildEvent, BuildStepState } from '../../../events/build-event.ts'
import type { ProgressLine, Vertex } from './progress-schema.ts'

export interface BuildStory {
  take(line: ProgressLine): void
  /** A line that is no progress. */
  say(text: string): void
  /** Ends what is under way. */
  end(state: BuildStepState): void
  /** Steps that made files, and how many of them had been done before. */
  made(): { readonly steps: number; readonly cached: number }
}

interface Step {
  readonly number: number
  readonly partial: Map<number, string>
  ended: boolean
}

/** `file`: the name that people know the Dockerfile by. */
export function buildStory(emit: (event: BuildEvent) => void, o: { readonly file: string; readonly lineCount: number }): BuildStory {
  const steps = new Map<string, Step>()
  const fates = new Map<string, boolean>()
  const warned = new Set<string>()

  const stepOf = (digest: string, name: string): Step => {
    const known = steps.get(digest)
    if (known !== undefined) return known
    const step: Step = { number: steps.size + 1, partial: new Map(), ended: false }
    steps.set(digest, step)
    emit({ kind: 'step', step: step.number, title: name })
    return step
  }
  const finish = (step: Step, state: BuildStepState, reason?: string): void => {
    if (step.ended) return
    for (const rest of step.partial.values()) if (rest !== '') emit({ kind: 'log', step: step.number, text: rest })
    step.ended = true
    emit({ kind: 'end', step: step.number, state, ...(reason !== undefined && { reason }) })
  }
  const vertex = (v: Vertex): void => {
    if (v.started === undefined) return
    const step = stepOf(v.digest, v.name)
    if (v.completed === undefined) return
    if (/^\[(?!internal|context|auth)[^\]]*\d+\/\d+\] (?!FROM )/.test(v.name)) fates.set(v.digest, v.cached === true)
    finish(step, stateOf(v), v.error)
  }
  const log = (digest: string, stream: number, data: string): void => {
    const step = steps.get(digest)
    const text = Buffer.from(data, 'base64').toString('utf8')
    const lines = `${step?.partial.get(stream) ?? ''}${text}`.split('\n')
    const rest = lines.pop() ?? ''
    const open = step !== undefined && !step.ended
    for (const one of lines) emit({ kind: 'log', text: one.replace(/\r$/, ''), ...(open && { step: step.number }) })
    if (open) step.partial.set(stream, rest)
    else if (rest !== '') emit({ kind: 'log', text: rest })
  }
  return {
    take({ vertexes, statuses, logs, warnings }) {
      // What a step wrote and moved comes before its end, which may stand in the same line.
      const heard = new Set([...(logs ?? []), ...(statuses ?? [])].map((one) => one.vertex))
      for (const v of vertexes ?? []) if (v.started !== undefined && heard.has(v.digest)) stepOf(v.digest, v.name)
      for (const { vertex: digest, stream, data } of logs ?? []) log(digest, stream, data)
      for (const { id, vertex: digest, current, total } of statuses ?? []) {
        const step = steps.get(digest)
        if (step === undefined || step.ended || current === 0) continue
        emit({ kind: 'progress', step: step.number, progress: { task: id.replace(/:$/, ''), done: current, ...(total !== undefined && { total }) } })
      }
      for (const v of vertexes ?? []) vertex(v)
      for (const { short, range } of warnings ?? []) {
        const key = `${short} ${range?.[0]?.start.line}`
        if (warned.has(key)) continue
        warned.add(key)
        const number = range?.[0]?.start.line
        const at = number === undefined || number > o.lineCount ? undefined : { file: o.file, line: number, col: 1, endLine: number, endCol: 1 }
        emit({ kind: 'note', note: diagnose('BUILDX_WARNING', { text: short }, { at }) })
      }
    },
    say: (text) => emit({ kind: 'log', text }),
    end: (state) => {
      for (const step of steps.values()) finish(step, state)
    },
    made: () => ({ steps: fates.size, cached: [...fates.values()].filter((cached) => cached).length }),
  }
}

function stateOf({ error, cached }: Vertex): BuildStepState {
  if (error !== undefined && error !== '') return /context canceled/.test(error) ? 'aborted' : 'failed'
  return cached === true ? 'cached' : 'done'
}
