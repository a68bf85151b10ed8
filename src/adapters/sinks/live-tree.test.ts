/** What a person sees while a run goes on: everything goes through a real terminal emulator and is read off its screen. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { fakeClock } from '../../../test/support/fake-clock.ts'
import { golden } from '../../../test/support/golden.ts'
import { terminalScreen } from '../../../test/support/terminal-screen.ts'
import { brandAs } from '../../base/brand.ts'
import { diagnose } from '../../base/diagnostic.ts'
import type { PlanSummary, SummaryNode } from '../../events/plan-summary.ts'
import type { RunEvent, RunId } from '../../events/run-event.ts'
import { type StepPath, stepPath } from '../../events/step-path.ts'
import type { Panel } from '../intervention/ask-on-keys.ts'
import { terminalSink } from './terminal-sink.ts'

const ticks = 150
const esc = '\u001b'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

const step = (...path: readonly string[]): Extract<SummaryNode, { kind: 'step' }> => ({
  kind: 'step',
  path: stepPath(...path),
  name: path.at(-1) ?? '',
  type: 'Run',
})

function planOf(stages: Readonly<Record<string, readonly SummaryNode[]>>): PlanSummary {
  return {
    pipeline: { identifier: 'shop', name: 'shop' },
    stages: Object.entries(stages).map(([name, steps]) => ({ kind: 'stage', path: stepPath(name), name, infrastructure: 'local', steps })),
  }
}

const shop = planOf({
  check: [step('check', 'lint')],
  launch: [
    step('launch', 'restore'),
    { kind: 'parallel', children: [step('launch', 'test'), step('launch', 'image')] },
    { kind: 'group', path: stepPath('launch', 'ship'), name: 'ship everything', children: [step('launch', 'ship', 'push')] },
  ],
})
const [lint, restore, test, image] = [stepPath('check', 'lint'), stepPath('launch', 'restore'), stepPath('launch', 'test'), stepPath('launch', 'image')]
const [check, launch] = [stepPath('check'), stepPath('launch')]
const passed = { kind: 'passed' } as const

/** A run on a terminal of that size. Times are the fake clock's. */
function live(plan: PlanSummary, o: { readonly columns?: number; readonly rows?: number; readonly colour?: boolean; readonly panel?: Panel } = {}) {
  const terminal = terminalScreen({ columns: o.columns ?? 80, rows: o.rows ?? 24, colour: o.colour ?? false })
  onTestFinished(() => terminal.dispose())
  const clock = fakeClock()
  const stop = new AbortController()
  const sink = terminalSink({ out: terminal, clock, stopping: stop.signal, ...(o.panel !== undefined && { panel: o.panel }) })
  let seq = 0
  const tell = async (...events: readonly RunEvent[]): Promise<void> => {
    for (const event of events) {
      seq += 1
      await sink.write({ run: brandAs<RunId>('01run'), seq, at: clock.now(), event })
    }
  }
  const wait = async (ms: number): Promise<void> => {
    await clock.advance(ms)
    vi.advanceTimersByTime(ticks)
    // The emulator takes what was written in its own time.
    await terminal.visible()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const start = () => tell({ kind: 'run.started', plan, sequenceId: 7, pipelineFile: 'shop.yaml' })
  return { terminal, sink, tell, wait, stop, start }
}

function started(path: StepPath): RunEvent {
  return { kind: 'step.started', step: path, does: 'runs a script' }
}

function said(path: StepPath, text: string): RunEvent {
  return { kind: 'step.output', step: path, stream: 'out', text }
}

/** Half of it over, two steps running. */
async function underWay(o: Parameters<typeof live>[1] = {}) {
  const run = live(shop, o)
  await run.start()
  await run.tell({ kind: 'stage.started', stage: check }, started(lint))
  await run.wait(2_300)
  await run.tell({ kind: 'step.finished', step: lint, outcome: passed }, { kind: 'stage.finished', stage: check, outcome: passed })
  await run.tell({ kind: 'stage.started', stage: launch }, started(restore))
  await run.wait(700)
  await run.tell({ kind: 'step.finished', step: restore, outcome: { kind: 'skipped', because: 'its condition is false' } })
  await run.tell(started(test), started(image), said(test, 'ok 1 adds\nok 2 takes away\nok 3 日本語 wide letters\n'))
  await run.tell({ kind: 'step.progress', step: image, progress: { task: 'push sha256:0ff1ce', done: 1_000_000, total: 48_000_000 } })
  await run.wait(8_000)
  await run.tell({ kind: 'step.progress', step: image, progress: { task: 'push sha256:0ff1ce', done: 12_000_000, total: 48_000_000 } })
  await run.wait(100)
  return run
}

async function lines(run: Awaited<ReturnType<typeof underWay>>): Promise<string> {
  return `${(await run.terminal.lines()).join('\n')}\n`
}

describe('the live tree on a terminal', () => {
  it('shows stages, groups and steps with times, last words, bars and bytes per second', async () => {
    golden(new URL('./testdata/under-way.txt', import.meta.url), await lines(await underWay()))
  })

  it('ends with the whole tree and what there is to know: failure, place, last words, images, files, how to go on', async () => {
    const run = await underWay()
    const at = { file: 'shop.yaml', line: 12, col: 9, endLine: 12, endCol: 13, start: 0, end: 0 }
    const failed = { kind: 'failed', exit: { kind: 'exited', code: 2 }, problem: diagnose('STEP_EXIT_CODE', { exit: 2 }, { at }) } as const
    await run.tell(
      { kind: 'step.note', step: image, note: diagnose('INTERVENTION_NOBODY', { action: 'ignore' }, { severity: 'warning' }) },
      { kind: 'image.delivered', step: image, ref: 'ghcr.io/acme/shop:7', digest: `sha256:${'ab'.repeat(32)}`, bytes: 48_000_000 },
      { kind: 'file.written', step: image, file: { path: 'image.tar', bytes: 48_000_000 } },
      { kind: 'step.finished', step: image, outcome: passed },
      said(test, `not ok 4 ${esc}]0;owned\u0007divides`),
      { kind: 'step.finished', step: test, outcome: failed },
      { kind: 'step.finished', step: stepPath('launch', 'ship', 'push'), outcome: { kind: 'skipped', because: 'an earlier step failed' } },
      { kind: 'stage.finished', stage: launch, outcome: failed },
      { kind: 'run.finished', outcome: failed },
    )
    await run.sink.close()
    golden(new URL('./testdata/failed.txt', import.meta.url), await lines(run))
    expect(run.terminal.titles).toEqual([])
    expect(await run.terminal.cursorVisible()).toBe(true)
  })

  it('is readable with 50 steps side by side: what runs first, the rest counted, never taller than the terminal', async () => {
    const many = Array.from({ length: 50 }, (_none, i) => step('tests', `test_${i}`))
    const run = live(planOf({ build: [step('build', 'image')], tests: [{ kind: 'parallel', children: many }, step('tests', 'report')] }))
    await run.start()
    await run.tell({ kind: 'stage.started', stage: stepPath('build') }, started(stepPath('build', 'image')))
    await run.tell({ kind: 'step.finished', step: stepPath('build', 'image'), outcome: passed })
    await run.tell({ kind: 'stage.finished', stage: stepPath('build'), outcome: passed }, { kind: 'stage.started', stage: stepPath('tests') })
    for (const { path } of many) await run.tell(started(path), said(path, `compiling the sources of ${path}\n`))
    await run.wait(1_000)
    expect((await run.terminal.lines()).length).toBeLessThan(24)
    golden(new URL('./testdata/fifty-running.txt', import.meta.url), await lines(run))
    for (const { path } of many.slice(0, 41)) await run.tell({ kind: 'step.finished', step: path, outcome: passed })
    await run.wait(1_000)
    golden(new URL('./testdata/nine-running.txt', import.meta.url), await lines(run))
  })

  it('says when a step waits for its next try or for a person', async () => {
    const run = await underWay()
    await run.tell({ kind: 'step.retrying', step: test, attempt: 1, of: 3, waitMs: 30_000 })
    await run.tell({ kind: 'step.waiting', step: image, timeoutMs: 3_600_000 })
    await run.wait(5_000)
    const shown = await lines(run)
    expect(shown).toMatch(/▸ test .*failed; try 1 of 3 in 25s/)
    expect(shown).toMatch(/▸ image .*failed; waiting for a decision, 59m 55s left/)
    await run.tell(started(test))
    await run.wait(100)
    expect(await lines(run)).not.toContain('try 1 of 3')
  })

  it('shows the turns of a loop that was decided on the way', async () => {
    const run = await underWay()
    await run.tell(started(stepPath('launch', 'late_0')))
    await run.wait(100)
    expect(await lines(run)).toContain('  ▸ late_0')
  })

  it('lets no output move the cursor, and keeps its colours', async () => {
    const run = await underWay({ colour: true })
    await run.tell(said(test, `${esc}[2J${esc}[5A${esc}]2;title\u0007${esc}[31mred${esc}[0m words${esc}[10D\n`))
    await run.tell(said(image, ' 10%\r 20%\r 30%'))
    await run.wait(100)
    const shown = await run.terminal.lines()
    const row = shown.findIndex((line) => line.includes('red words'))
    expect(shown[0]).toContain('run 7 of shop')
    expect(shown.join('\n')).toContain('30%')
    expect(shown.join('\n')).not.toContain('20%')
    expect(await run.terminal.colourAt(row, shown[row]?.indexOf('red') ?? 0)).toBe(1)
    expect(run.terminal.titles).toEqual([])
  })

  it('draws anew when the terminal becomes narrower or shorter, and leaves nothing of the picture before', async () => {
    const run = await underWay()
    for (const [columns, rows] of [
      [40, 24],
      [40, 8],
      [20, 5],
    ] as const) {
      run.terminal.resize(columns, rows)
      await run.wait(100)
      const seen = await run.terminal.visible()
      expect(
        seen.filter((line) => line.includes('run 7 of')),
        seen.join('\n'),
      ).toHaveLength(1)
      expect(seen.length).toBeLessThan(rows)
    }
  })

  it('fills a terminal that became larger', async () => {
    const run = await underWay({ columns: 40, rows: 6 })
    run.terminal.resize(80, 24)
    await run.wait(100)
    const seen = await run.terminal.visible()
    expect(seen.slice(seen.findLastIndex((line) => line.includes('run 7 of')))).toHaveLength(13)
  })

  it('keeps a question below the tree, whatever room is left', async () => {
    const run = await underWay({ rows: 10, panel: { lines: () => ['? launch/test failed', '  [r]etry', '  > _'] } })
    const seen = await run.terminal.visible()
    expect(seen.slice(-3)).toEqual(['? launch/test failed', '  [r]etry', '  > _'])
    expect(seen[0]).toContain('run 7 of shop')
    expect(seen.length).toBeLessThan(10)
    // Also where nothing else has changed since it was drawn.
    await run.wait(0)
    expect((await run.terminal.visible()).slice(-1)).toEqual(['  > _'])
  })

  it('tells after the first Ctrl-C what a second one does', async () => {
    const run = await underWay()
    run.stop.abort()
    await run.wait(100)
    expect(await lines(run)).toContain('stopping; Ctrl-C once more')
  })

  it('writes only the lines that changed', async () => {
    const run = await underWay()
    let written = ''
    const { write } = run.terminal
    run.terminal.write = (text) => {
      written += text
      return write(text)
    }
    await run.wait(60_000)
    expect(written).toContain('1m 11s')
    expect(written).not.toContain('lint')
    written = ''
    await run.wait(0)
    expect(written).toBe('')
  })
})
