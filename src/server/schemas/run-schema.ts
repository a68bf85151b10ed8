/** Runs as the API tells them: a line of the list, the view, an event. */
import * as v from 'valibot'

const text = v.string()
const number = v.number()
const optional = v.optional

export const statuses = ['queued', 'refused', 'running', 'interrupted', 'passed', 'failed', 'errored', 'skipped', 'aborted'] as const

export const runRow = v.object({
  run: text,
  /** Scope of the number. */
  pipeline: text,
  pipelineName: text,
  pipelineFile: text,
  sequenceId: optional(number),
  startedAt: number,
  finishedAt: optional(number),
  status: v.picklist(statuses),
  branch: optional(text),
  commit: optional(text),
  /** Why it did not begin. */
  refusal: optional(text),
})

export const diagnostic = v.looseObject({
  code: text,
  severity: v.picklist(['error', 'warning', 'info']),
  message: text,
  hint: optional(text),
  at: optional(v.looseObject({ file: text, line: number, col: number })),
})

const outcome = v.looseObject({ kind: v.picklist(['passed', 'failed', 'skipped', 'aborted', 'errored']) })
const nodeStatus = v.picklist(['waiting', 'running', 'passed', 'failed', 'skipped', 'aborted', 'errored'])
const times = { startedAt: optional(number), finishedAt: optional(number), outcome: optional(outcome) }

const stageView = v.looseObject({ path: text, status: nodeStatus, notes: v.array(diagnostic), ...times })

const stepView = v.looseObject({
  path: text,
  name: text,
  type: text,
  status: nodeStatus,
  does: optional(text),
  facts: optional(v.array(v.looseObject({ about: text, text }))),
  ...times,
  outputs: v.array(v.object({ name: text, value: text, secret: v.boolean() })),
  tests: optional(v.looseObject({ files: number, totals: v.looseObject({ tests: number, failed: number }) })),
  scan: optional(v.looseObject({ what: text, findings: v.array(v.looseObject({ id: text, severity: text })) })),
  notes: v.array(diagnostic),
  built: optional(v.object({ digest: text, bytes: number, layers: number, cached: number })),
  delivered: v.array(v.object({ ref: text, digest: text, bytes: number })),
  published: optional(v.looseObject({ registryType: text, registryUrl: text, images: v.array(v.looseObject({ image: text, digest: text })) })),
  files: v.array(v.looseObject({ path: text, bytes: number })),
  progress: v.array(v.looseObject({ task: text, done: number })),
  outputBytes: number,
  retries: number,
  pause: optional(v.looseObject({ kind: v.picklist(['retry', 'decision']), until: number })),
  tail: v.array(text),
})

/** Of `src/events/run-view.ts`, with lists in the place of maps. */
export const runView = v.looseObject({
  run: optional(text),
  seq: number,
  plan: optional(v.looseObject({ pipeline: v.looseObject({ identifier: text, name: text }), stages: v.array(v.looseObject({ kind: text })) })),
  sequenceId: optional(number),
  pipelineFile: optional(text),
  status: nodeStatus,
  ...times,
  codebase: optional(v.looseObject({ branch: optional(text), commitSha: optional(text) })),
  stages: v.array(stageView),
  steps: v.array(stepView),
})

/** Of `src/events/run-event.ts`. */
export const recordedEvent = v.object({
  run: text,
  seq: number,
  at: number,
  event: v.looseObject({ kind: text }),
})
