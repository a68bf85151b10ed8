/** Runs whose process dies at every moment at which it could, and that another one goes on with. */
import { describe, expect, it } from 'vitest'
import { fakeImages } from '../../../test/support/fake-images.ts'
import { type RanText, type RunOptions, runText } from '../../../test/support/run-text.ts'
import { tempProject } from '../../../test/support/temp-project.ts'
import type { Recorded } from '../../events/run-event.ts'
import type { Infrastructure, OutputChunk, RunningStep, StepEnd, Workspace } from '../../ports/infrastructure.ts'

function pipeline(...stages: readonly string[]): string {
  const text = stages.map(
    (steps, i) =>
      `    - stage:\n        identifier: s${i}\n        name: s${i}\n        type: CI\n        spec:\n          platform: {os: Linux}\n          execution:\n            steps:\n${steps.trim().replace(/^/gm, '              ')}\n`,
  )
  return `pipeline:\n  identifier: p\n  name: p\n  stages:\n${text.join('')}`
}

function step(id: string, env: Record<string, string> = {}, more = '', spec = ''): string {
  return `- step: {identifier: ${id}, name: ${id}, type: Run${more}, spec: {command: x, outputVariables: [{name: OUT}]${spec}, envVariables: ${JSON.stringify(env)}}}\n`
}

const again =
  ', failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: Retry, spec: {retryCount: 2, retryIntervals: [1m], onRetryFailure: {action: {type: Ignore}}}}}}]'
const groupAgain =
  ', failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: RetryStepGroup, spec: {retryCount: 2, retryIntervals: [1m], onRetryFailure: {action: {type: MarkAsFailure}}}}}}]'
const build = (id: string, tar: string): string =>
  `- step: {identifier: ${id}, name: ${id}, type: BuildAndPushDockerRegistry, spec: {connectorRef: hub, repo: acme/app, tags: ["1"], envVariables: {PLUGIN_NO_PUSH: "true", PLUGIN_TAR_PATH: ${tar}}}}\n`

/** A process in a container, as it outlives who has started it. */
interface Kept {
  readonly chunks: OutputChunk[]
  end?: StepEnd
}

/** What a cluster knows after the process has died, from a run that went to its end. */
interface Cluster {
  readonly kept: Map<string, Kept[]>
  readonly begun: string[]
}

function recording({ kept, begun }: Cluster): (fake: Infrastructure) => Infrastructure {
  return (fake) => ({
    ...fake,
    open: async (stage, opening) => keeping(await fake.open(stage, opening), { kept, begun }),
  })
}

function keeping(workspace: Workspace, { kept, begun }: Cluster): Workspace {
  return {
    ...workspace,
    async start(spec, o) {
      const running = await workspace.start(spec, o)
      const one: Kept = { chunks: [] }
      begun.push(spec.name)
      kept.set(spec.name, [...(kept.get(spec.name) ?? []), one])
      const end = running.end.then((ended) => {
        one.end = ended
        return ended
      })
      return { output: tee(running.output, one.chunks), end }
    },
  }
}

async function* tee(output: AsyncIterable<OutputChunk>, into: OutputChunk[]): AsyncGenerator<OutputChunk> {
  for await (const chunk of output) {
    into.push(chunk)
    yield chunk
  }
}

/** Of the containers, those had begun of which it was told. */
function surviving(cluster: Cluster, past: readonly Recorded[], anew: string[]): (fake: Infrastructure) => Infrastructure {
  const begun = new Map<string, number>()
  for (const { event } of past) if (event.kind === 'step.started' && cluster.kept.has(event.step)) begun.set(event.step, (begun.get(event.step) ?? 0) + 1)
  const left = new Map([...begun].map(([name, count]) => [name, cluster.kept.get(name)?.slice(0, count) ?? []]))
  const own: Cluster = { kept: new Map(), begun: anew }
  return (fake) => ({
    ...recording(own)(fake),
    async adopt(stage, opening) {
      const fresh = keeping(await fake.open(stage, opening), own)
      return {
        ...fresh,
        begun,
        async start(spec, o) {
          const found = left.get(spec.name)?.shift()
          return found === undefined ? fresh.start(spec, o) : replayed(found, o.signal)
        },
      }
    },
  })
}

/** A service goes on until somebody ends it. */
function replayed({ chunks, end }: Kept, signal: AbortSignal): RunningStep {
  const lasting = end?.exit.kind === 'killed'
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  const output = async function* (): AsyncGenerator<OutputChunk> {
    // In other pieces than the first time.
    for (const { stream, bytes } of chunks) for (let at = 0; at < bytes.length; at += 7) yield { stream, bytes: bytes.subarray(at, at + 7) }
    if (lasting) await aborted
  }
  if (end === undefined) throw new Error('it has no end')
  return { output: output(), end: lasting ? aborted.then(() => end) : Promise.resolve(end) }
}

const textOf = (events: readonly Recorded[], path: string): string =>
  events.flatMap(({ event }) => (event.kind === 'step.output' && event.step === path ? [event.text] : [])).join('')
const endsOf = (events: readonly Recorded[]): readonly string[] => events.flatMap(({ event }) => (event.kind === 'step.finished' ? [event.step] : []))

interface Whole {
  readonly text: string
  readonly options: RunOptions
  readonly cluster: Cluster
  readonly first: RanText
}

async function ran(text: string, options: RunOptions = {}): Promise<Whole> {
  const cluster: Cluster = { kept: new Map(), begun: [] }
  return { text, options, cluster, first: await runText(text, { ...options, around: recording(cluster) }) }
}

async function resumed({ text, options, cluster, first }: Whole, cut: number): Promise<{ readonly run: RanText; readonly anew: readonly string[] }> {
  const past = first.recorded.slice(0, cut)
  const anew: string[] = []
  return { run: await runText(text, { ...options, past, around: surviving(cluster, past, anew) }), anew }
}

const whole = {
  'steps with outputs, of which one is secret': [
    step('a', { FAKE_OUTPUT: 'one\ntwo\nthree', FAKE_OUT_OUT: 'blue' }) +
      step(
        'b',
        { FAKE_OUTPUT: 'got <+steps.a.output.outputVariables.OUT>', FAKE_OUT_OUT: 'hidden' },
        '',
        ', outputVariables: [{name: OUT, type: Secret}]',
      ).replace('outputVariables: [{name: OUT}], ', '') +
      step('c', { FAKE_OUTPUT: 'uses <+steps.b.output.outputVariables.OUT>' }),
  ],
  'steps side by side, loops and what is skipped': [
    `- parallel:\n    ${step('a', { FAKE_SLEEP: '1000', FAKE_OUTPUT: 'a' })}    ${step('b', { FAKE_SLEEP: '500', FAKE_OUTPUT: 'b' })}` +
      step('c', { FAKE_OUTPUT: '<+repeat.item>' }, ', strategy: {repeat: {items: [x, y, z], maxConcurrency: 2}}') +
      step('d', {}, ', when: {stageStatus: Failure}'),
  ],
  'a step that is tried again, and one that fails for good': [
    step('a', { FAKE_OUTPUT: 'try', FAKE_EXIT: '3' }, again) + step('b', { FAKE_OUTPUT: '<+steps.a.status>', FAKE_EXIT: '4' }) + step('c'),
    step('after', { FAKE_OUTPUT: 'never' }),
  ],
  'a group that begins again': [
    `- stepGroup:\n    identifier: g\n    name: g\n    steps:\n${(step('a', { FAKE_OUTPUT: 'a' }) + step('b', { FAKE_OUTPUT: 'b', FAKE_EXIT: '3' }, groupAgain)).trim().replace(/^/gm, '      ')}\n${step('c', { FAKE_OUTPUT: 'c' }, ', when: {stageStatus: All}')}`,
  ],
  'a service': [
    `- step: {identifier: web, name: web, type: Background, spec: {command: x, envVariables: {FAKE_OUTPUT: up}}}\n${step('a', { FAKE_OUTPUT: 'a' })}${step('b', { FAKE_OUTPUT: 'b' })}`,
  ],
  'several stages': [
    step('a', { FAKE_OUT_OUT: 'x', FAKE_OUTPUT: 'a' }),
    step('b', { FAKE_OUTPUT: '<+pipeline.stages.s0.spec.execution.steps.a.output.outputVariables.OUT>' }),
  ],
}

describe('a run whose process dies', () => {
  it.each(Object.entries(whole))('goes on from every moment: %s', async (_name, stages) => {
    const all = await ran(pipeline(...stages))
    const { first } = all
    expect(first.recorded.length).toBeGreaterThan(10)
    for (let cut = 1; cut < first.recorded.length; cut++) {
      const { run, anew } = await resumed(all, cut)
      const past = first.recorded.slice(0, cut)
      const at = `cut after ${cut}: ${JSON.stringify(past.at(-1)?.event)}`
      expect(run.outcome, at).toEqual(first.outcome)
      expect(run.statuses, at).toEqual(first.statuses)
      const secret =
        past.some(({ event }) => event.kind === 'stage.finished') &&
        first.recorded.some(({ event }) => event.kind === 'step.outputs' && event.outputs.some((o) => o.secret))
      if (secret) continue
      expect(endsOf(run.recorded).toSorted(), at).toEqual(endsOf(first.recorded).toSorted())
      for (const path of Object.keys(first.statuses)) expect([path, textOf(run.recorded, path)], at).toEqual([path, textOf(first.recorded, path)])
      const before = past.flatMap(({ event }) => (event.kind === 'step.started' ? [event.step] : []))
      expect([...before, ...anew].toSorted(), at).toEqual(all.cluster.begun.toSorted())
      expect(
        run.recorded.map(({ seq }) => seq),
        at,
      ).toEqual(run.recorded.map((_, i) => i + 1))
      expect(run.live, at).toMatchObject({ status: first.live.status })
    }
  })
})

describe('what Slipway does itself', () => {
  it('is not done again where it ended, unless its files had reached no step', async () => {
    const options = { images: fakeImages(), workspace: tempProject({ 's0/Dockerfile': 'FROM scratch\n' }).dir }
    const all = await ran(pipeline(build('image', 'image.tar') + step('after', { FAKE_OUTPUT: 'x' }) + step('last')), options)
    expect(all.first.outcome).toEqual({ kind: 'passed' })
    const { recorded } = all.first
    const startOf = (path: string): number => recorded.findIndex(({ event }) => event.kind === 'step.started' && event.step === path) + 1
    const kinds = async (cut: number): Promise<readonly string[]> => {
      const { run } = await resumed(all, cut)
      expect(run.outcome).toEqual({ kind: 'passed' })
      return run.recorded
        .slice(cut)
        .flatMap(({ event }) => ('step' in event && event.step === 's0/image' ? [event.kind === 'step.note' ? event.note.code : event.kind] : []))
    }
    // In the middle of it.
    expect(await kinds(startOf('s0/image'))).toEqual(expect.arrayContaining(['STEP_DONE_AGAIN', 'step.started', 'image.built', 'step.finished']))
    expect(await kinds(startOf('s0/after') - 1)).toContain('STEP_DONE_AGAIN')
    expect(await kinds(startOf('s0/last'))).toEqual([])
  })
})

describe('a stage of which nothing is left', () => {
  it('begins again, and says so', async () => {
    const all = await ran(pipeline(step('a', { FAKE_OUTPUT: 'a' }) + step('b', { FAKE_OUTPUT: 'b' })))
    const cut = all.first.recorded.findIndex(({ event }) => event.kind === 'step.started' && event.step === 's0/b') + 1
    const run = await runText(all.text, { past: all.first.recorded.slice(0, cut) })
    expect(run.outcome).toEqual({ kind: 'passed' })
    expect(run.recorded.flatMap(({ event }) => (event.kind === 'stage.note' ? [event.note.code] : []))).toEqual(['STAGE_BEGUN_AGAIN'])
    expect(textOf(run.recorded, 's0/a')).toBe('a\na\n')
  })

  it('is over where all of its steps had ended', async () => {
    const all = await ran(pipeline(step('a', { FAKE_OUTPUT: 'a' }), step('b')))
    const cut = all.first.recorded.findIndex(({ event }) => event.kind === 'step.finished' && event.step === 's0/a') + 1
    const run = await runText(all.text, { past: all.first.recorded.slice(0, cut) })
    expect(run.outcome).toEqual({ kind: 'passed' })
    expect(run.recorded.slice(cut).map(({ event }) => event.kind)).toEqual(all.first.recorded.slice(cut).map(({ event }) => event.kind))
  })
})
