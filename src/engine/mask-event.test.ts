import { describe, expect, it } from 'vitest'
import { diagnose } from '../base/diagnostic.ts'
import type { RunEvent } from '../events/run-event.ts'
import { stepPath } from '../events/step-path.ts'
import { maskEvent } from './mask-event.ts'
import { redactor } from './redactor.ts'

const secret = 'sesame-42'
const step = stepPath('s', 'sesame-42')
const note = diagnose('FILE_UNREADABLE', { file: `/x/${secret}`, reason: secret, cwd: '/' })

const events: readonly RunEvent[] = [
  { kind: 'step.started', step, does: `runs ${secret}` },
  { kind: 'step.note', step, note },
  {
    kind: 'stage.note',
    stage: step,
    note: { ...note, hint: secret, related: [{ message: secret, at: { file: secret, line: 1, col: 1, endLine: 1, endCol: 2 } }] },
  },
  { kind: 'step.progress', step, progress: { task: `push ${secret}`, done: 1 } },
  { kind: 'image.delivered', step, ref: `r/${secret}:1`, digest: 'sha256:1', bytes: 1 },
  { kind: 'file.written', step, file: { path: `/harness/${secret}.tar`, bytes: 1 } },
  { kind: 'step.outputs', step, outputs: [{ name: 'A', value: `x ${secret}`, secret: false }] },
  { kind: 'step.retrying', step, attempt: 1, of: 2, waitMs: 0, problem: note },
  { kind: 'step.finished', step, outcome: { kind: 'errored', problem: note, others: [note] } },
  { kind: 'run.finished', outcome: { kind: 'skipped', because: secret } },
  {
    kind: 'run.started',
    sequenceId: 1,
    pipelineFile: `${secret}.yaml`,
    plan: { pipeline: { identifier: 'p', name: secret }, stages: [{ kind: 'stage', path: step, name: secret, infrastructure: 'local', steps: [] }] },
  },
]

describe('what is recorded', () => {
  it.each(events.map((event) => [event.kind, event] as const))('shows no secret in %s, and keeps the names of nodes', (_kind, event) => {
    const r = redactor()
    r.register(secret)
    const masked = JSON.stringify(maskEvent(event, r))
    expect(masked).toContain('********')
    const names = JSON.stringify(event).split(`"${step}"`).length
    expect(masked.split(`"${step}"`).length).toBe(names)
    expect(masked.replaceAll(`"${step}"`, '')).not.toContain(secret)
  })
})
