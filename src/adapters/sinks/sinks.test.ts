import { describe, expect, it } from 'vitest'
import { brandAs } from '../../base/brand.ts'
import { diagnose } from '../../base/diagnostic.ts'
import type { PlanSummary } from '../../events/plan-summary.ts'
import type { Recorded, RunEvent, RunId } from '../../events/run-event.ts'
import { stepPath } from '../../events/step-path.ts'
import type { TestResults } from '../../events/test-results.ts'
import { plainSink } from './plain-sink.ts'

const [build, push] = [stepPath('launch', 'build'), stepPath('launch', 'push')]
const launch = stepPath('launch')
const plan: PlanSummary = {
  pipeline: { identifier: 'p', name: 'shop' },
  stages: [
    {
      kind: 'stage',
      path: launch,
      name: 'launch',
      infrastructure: 'local',
      steps: [
        { kind: 'step', path: build, name: 'build', type: 'Run' },
        { kind: 'parallel', children: [{ kind: 'step', path: push, name: 'push', type: 'Run' }] },
      ],
    },
  ],
}

function recorded(events: readonly RunEvent[]): readonly Recorded[] {
  return events.map((event, i) => ({ run: brandAs<RunId>('r'), seq: i + 1, at: Date.UTC(2030, 0, 1) + i * 1500, event }))
}

const begun: readonly RunEvent[] = [
  { kind: 'run.started', plan, sequenceId: 7, pipelineFile: 'p.yaml' },
  { kind: 'stage.started', stage: launch },
  { kind: 'step.started', step: build, does: 'runs make' },
  { kind: 'step.output', step: build, stream: 'out', text: 'compiling \u001b[31mone\u001b[0m\nhalf a li' },
]
const ended: readonly RunEvent[] = [
  { kind: 'step.output', step: build, stream: 'out', text: 'ne\n' },
  { kind: 'step.finished', step: build, outcome: { kind: 'failed', exit: { kind: 'exited', code: 2 }, problem: diagnose('STEP_EXIT_CODE', { exit: 2 }) } },
  { kind: 'step.finished', step: push, outcome: { kind: 'skipped', because: 'an earlier step failed' } },
  { kind: 'stage.finished', stage: launch, outcome: { kind: 'failed', exit: { kind: 'exited', code: 2 } } },
  { kind: 'run.finished', outcome: { kind: 'failed', exit: { kind: 'exited', code: 2 } } },
]

const results: TestResults = {
  files: 2,
  totals: { tests: 15, passed: 2, failed: 11, errored: 1, skipped: 1, ms: 1500 },
  failures: Array.from({ length: 12 }, (_, i) => ({
    outcome: i === 1 ? 'errored' : 'failed',
    suite: 'shop',
    name: `test ${i}`,
    message: 'expected \u001b[31m1\u001b[0m to be 2\nat length',
    details: '',
    at: { file: 'src/shop.ts', line: 7 + i },
  })),
  more: 0,
}

async function plainText(events: readonly RunEvent[]): Promise<string> {
  let text = ''
  const write = (more: string): void => {
    text += more
  }
  const sink = plainSink({ write, columns: undefined, rows: undefined, colour: false })
  for (const one of recorded(events)) await sink.write(one)
  await sink.close()
  return text
}

describe('the plain sink', () => {
  it('tells of test reports at once, and names the first failures in the end', async () => {
    const text = await plainText([...begun, { kind: 'step.tests', step: build, results }, ...ended])
    expect(text).toContain('[launch/build] 15 tests: 2 passed, 11 failed, 1 errored, 1 skipped in 1.5s (2 reports)\n')
    expect(text).toContain('✖ shop › test 0  src/shop.ts:7\n    expected 1 to be 2\n')
    expect(text).toContain('✖ shop › test 1 (errored)  src/shop.ts:8\n')
    expect(text).toContain('… and 2 more tests that failed')
  })

  it('prints whole lines with time and step, and a summary that says what failed', async () => {
    const text = await plainText([...begun, ...ended])
    expect(text).toContain('00:00:04.500 [launch/build] compiling')
    expect(text).toContain('00:00:06.000 [launch/build] half a line\n')
    expect(text).toContain('[launch/push] skipped: an earlier step failed')
    expect(text).toMatch(/✖ build launch\/build\n {2}│ compiling.*\n {2}│ half a line\n {2}error: the command ended with exit code 2/)
    expect(text.trimEnd().split('\n').at(-1)).toBe('✖ run 7 failed in 12s  2 steps, 1 failed, 1 skipped')
  })

  it('shows the rest of a line when its step ends without one', async () => {
    expect(await plainText([...begun, { kind: 'step.finished', step: build, outcome: { kind: 'passed' } }])).toContain('half a li\n')
  })
})
