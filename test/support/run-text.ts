/** Runs a pipeline text on the fake infrastructure with a fake clock, and tells all that happened. */
import { readFile } from 'node:fs/promises'
import { writeReport } from '../../src/adapters/files/write-report.ts'
import { fakeInfra } from '../../src/adapters/infra/fake/fake-infra.ts'
import { readReports } from '../../src/adapters/reports/read-reports.ts'
import { passingMemory } from '../../src/adapters/scan-memory/passing-memory.ts'
import { fakeScanner } from '../../src/adapters/scanners/fake-scanner.ts'
import { brandAs } from '../../src/base/brand.ts'
import { pastOf, type Told } from '../../src/engine/past/past.ts'
import { recorder } from '../../src/engine/recorder.ts'
import { redactor } from '../../src/engine/redactor.ts'
import { runPlan } from '../../src/engine/run-plan.ts'
import type { Outcome } from '../../src/events/outcome.ts'
import { reduceRun } from '../../src/events/reduce-run.ts'
import type { Recorded, RunId } from '../../src/events/run-event.ts'
import { emptyView, type RunView, type StepView } from '../../src/events/run-view.ts'
import { readPipeline } from '../../src/pipeline/read-pipeline.ts'
import { noFacts, type RunFacts } from '../../src/plan/facts.ts'
import { planner } from '../../src/plan/planner.ts'
import type { CodePlacer } from '../../src/ports/code.ts'
import type { Infrastructure } from '../../src/ports/infrastructure.ts'
import type { Choice, Intervention, Question } from '../../src/ports/intervention.ts'
import type { OpenContext } from '../../src/ports/remote.ts'
import type { RemoteImages } from '../../src/ports/remote-images.ts'
import type { ScanParts } from '../../src/ports/scan-parts.ts'
import { secretValue } from '../../src/ports/secret-source.ts'
import type { FindToolRegistries, ToolRegistries } from '../../src/ports/tool-registries.ts'
import { sourceFile } from '../../src/text/source-file.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { type FakeImages, fakeImages } from './fake-images.ts'
import { tempProject } from './temp-project.ts'

export const noRegistries: ToolRegistries = {
  spelled: new Map(),
  places: new Map(),
  placesOnly: false,
  plainHttp: [],
  unverified: [],
  authorities: new Map(),
  logins: undefined,
  secrets: [],
}

export interface RunOptions {
  readonly secrets?: Readonly<Record<string, string>>
  /** Answers to run-time inputs. */
  readonly inputs?: Readonly<Record<string, string>>
  /** Aborts the run after so many milliseconds of its own clock. */
  readonly abortAfter?: number
  readonly images?: FakeImages
  /** Contexts from outside, by address. */
  readonly outside?: (text: string) => Awaited<ReturnType<OpenContext>>
  /** Brings code, in place of code that only seems to come. */
  readonly code?: CodePlacer
  readonly facts?: Partial<RunFacts>
  readonly scan?: Partial<ScanParts>
  readonly remoteImages?: RemoteImages
  /** Folder that stands for the workspaces: each stage has one named as itself. */
  readonly workspace?: string
  /** Answers for people; an answer of undefined never comes. */
  readonly decide?: (question: Question) => Choice | undefined
  /** What a process told that died in the middle of the run: this one goes on with it. */
  readonly past?: readonly Recorded[]
  readonly toolRegistries?: FindToolRegistries
  /** Around the infrastructure fake, which also stands for a cluster. */
  readonly around?: (fake: Infrastructure) => Infrastructure
}

export interface RanText {
  readonly outcome: Outcome
  readonly recorded: readonly Recorded[]
  /** `+path` when a step starts, `-path` when it ends. */
  readonly order: readonly string[]
  readonly statuses: Readonly<Record<string, string>>
  readonly live: RunView
  readonly replayed: RunView
  readonly view: { readonly step: (path: string) => StepView | undefined }
  /** Milliseconds of the fake clock. */
  readonly elapsed: number
}

export async function runText(text: string, o: RunOptions = {}): Promise<RanText> {
  const read = readPipeline(sourceFile('p.yaml', text), { inputs: o.inputs ?? {} })
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics, null, 2))
  const plans = planner(read.value, { file: 'p.yaml', facts: { ...noFacts, on: 'fake', sequenceId: 1, executionId: 'x1', startTs: 0, ...o.facts } })
  const planned = plans.plan()
  if (!planned.ok) throw new Error(JSON.stringify(planned.diagnostics, null, 2))
  const images = o.images ?? fakeImages()
  const clock = fakeClock()
  const started = clock.now()
  const recorded: Recorded[] = []
  let live = emptyView
  const sink = {
    name: 'test',
    write: (one: Recorded) => {
      recorded.push(one)
      live = reduceRun(live, one)
    },
    close: async () => undefined,
  }
  const masks = redactor()
  const run = brandAs<RunId>('run')
  for (const one of o.past ?? []) sink.write(one)
  const past = o.past === undefined ? undefined : pastOf(toldBy(o.past))
  const story = recorder({
    run,
    clock,
    redactor: masks,
    sinks: [sink],
    ...(past !== undefined && { past: { seq: o.past?.at(-1)?.seq ?? 0, news: past.news } }),
  })
  const fake = fakeInfra({ clock, dir: o.workspace ?? tempProject().dir, ...(o.code !== undefined && { code: o.code }) })
  const abort = new AbortController()
  if (o.abortAfter !== undefined) void clock.sleep(o.abortAfter, { signal: abort.signal }).then(() => abort.abort(new Error('user')))
  const secrets = [{ name: 'test', read: async (name: string) => (o.secrets?.[name] === undefined ? undefined : secretValue(name, o.secrets[name] ?? '')) }]
  const running = runPlan(
    { plan: planned.value, run, sequenceId: 1, codebase: '/code', ...(past !== undefined && { past }) },
    {
      clock,
      infrastructures: { fake: o.around?.(fake) ?? fake, kubernetes: o.around?.(fake) ?? fake },
      ...images,
      ...(o.remoteImages !== undefined && { remoteImages: o.remoteImages }),
      ...(o.decide !== undefined && { intervention: decider(o.decide) }),
      scan: { scanner: fakeScanner(), withoutDatabase: 'error', baselines: new Map(), memory: passingMemory(), ...o.scan },
      readFile,
      writeFile: writeReport,
      readReports,
      openContext: async (text) => o.outside?.(text),
      toolRegistries: o.toolRegistries ?? (async () => noRegistries),
      findRegistry: async (_login, region) => `123456789012.dkr.ecr.${region}.amazonaws.com`,
      openStepCache: () => {
        throw new Error('steps on fake touch no store')
      },
      secrets,
      redactor: masks,
      planner: plans,
      runSecrets: new Map(),
      emit: story.emit,
      signal: abort.signal,
    },
  )
  const outcome = await drive(clock, running)
  await story.close()
  return {
    outcome,
    recorded,
    order: recorded.flatMap(({ event }) => (event.kind === 'step.started' ? [`+${event.step}`] : event.kind === 'step.finished' ? [`-${event.step}`] : [])),
    statuses: Object.fromEntries([...live.steps.values()].map((step) => [step.path, step.status])),
    live,
    replayed: recorded.reduce(reduceRun, emptyView),
    view: { step: (path) => [...live.steps.values()].find((step) => step.path === path) },
    elapsed: clock.now() - started,
  }
}

function toldBy(events: readonly Recorded[]): Told {
  return {
    name: 'p#1 (run)',
    events: events.filter(({ event }) => event.kind !== 'step.output' && event.kind !== 'step.progress'),
    output: async (step, after) =>
      events.flatMap(({ seq, event }) => (event.kind === 'step.output' && event.step === step && seq > after ? [{ seq, text: event.text }] : [])).slice(0, 1),
  }
}

function decider(decide: (question: Question) => Choice | undefined): Intervention {
  return {
    ask: async (question, { signal }) =>
      decide(question) ?? new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })),
  }
}

/** Moves the clock from sleeper to sleeper until the work is done. A run that neither sleeps nor ends is a defect, not a long test. */
async function drive<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let done = false
  const end = (): void => {
    done = true
  }
  work.then(end, end)
  for (let idle = 0; !done && idle < 10_000; idle++) {
    // Files and processes need real time; everything else has acted after a few turns of the event loop.
    await new Promise((resolve) => (idle < 20 ? setImmediate(resolve) : setTimeout(resolve, 1)))
    const next = idle >= 20 ? clock.pending[0] : undefined
    if (done || next === undefined) continue
    await clock.advance(next - clock.now())
    idle = 0
  }
  if (!done) throw new Error('the run neither ends nor waits for anything')
  return work
}
