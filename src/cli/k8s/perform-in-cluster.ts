/** Has a run done by a pod, and tells the sinks of this machine what it says: terminal, history and files are as of a run that goes on here. */
import { resolve } from 'node:path'
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import { humanBytes, plural } from '../../base/human.ts'
import { isProblem, problem } from '../../base/problem.ts'
import { type SinkRow, sinkRow } from '../../engine/sink-row.ts'
import type { Outcome } from '../../events/outcome.ts'
import type { Recorded } from '../../events/run-event.ts'
import { codebaseSource } from '../../plan/codebase-source.ts'
import type { RunFacts } from '../../plan/facts.ts'
import type { StageNode, StepNode } from '../../plan/plan.ts'
import type { AnswerRunner, ClusterRunner, RunnerSaid, RunnerWanted } from '../../ports/cluster-runner.ts'
import type { RunRecord } from '../../ports/history.ts'
import { isAddress } from '../choose-code.ts'
import { asking, logLimits, type Perform, type Prepared } from '../commands/run.ts'
import { printDiagnostics } from '../failures.ts'
import { hostRules } from '../host-rules.ts'
import { readText } from '../load-pipeline.ts'
import { tellFailures } from '../run/perform-run.ts'
import { watchRun } from '../run/watch-run.ts'
import { nameOf } from '../runs/find-run.ts'
import { isResumable } from '../runs/resumable.ts'
import { scanChoice } from '../scan/scan-choice.ts'
import type { Engine, FolderArchive } from '../toolbox.ts'
import type { World } from '../world.ts'
import { bringFiles } from './bring-files.ts'
import type { SentOrder } from './order.ts'

export interface InCluster {
  readonly wanted: Omit<RunnerWanted, 'run' | 'pipeline' | 'overlay'>
  /** A file of YAML. */
  readonly overlayFile?: string
  readonly env: Readonly<Record<string, string>>
}

/** A pod that is to go has so long. */
const closeMs = 90_000

export function performInCluster({ wanted, overlayFile, env }: InCluster): Perform {
  return async (record, facts, p, world) => {
    const folder = foreignFolder(facts, p)
    if (p.again?.resumes === true) throw problem('K8S_RUNNER_NOT_RESUMED', { run: nameOf(record) })
    if (folder !== undefined) throw problem('K8S_RUNNER_CLONE', { folder })
    const overlay = overlayFile === undefined ? undefined : await readText(resolve(world.cwd, overlayFile), overlayFile, world)
    const { options, loaded } = p
    const rules = options.on === 'fake' ? [] : await hostRules(options.map, loaded.config, world, loaded)
    const scan = scanChoice(loaded.config, options, world)
    const advisories =
      scan.db === undefined || scan.scanner !== 'osv' ? undefined : await world.tools.archive('all', scan.db, { signal: world.signal, skip: [] })
    const watching = await watchRun(options, world)
    const sinks = sinkRow([await world.tools.sinks.history(p.history), ...watching.sinks])
    const { connectors } = loaded.config
    const resumable = (run: string): Promise<boolean> => isResumable(run, p.history, world.clock.now())
    const engine = await world.tools.engine({ hosts: rules, connectors, home: world.home, onSecret: () => undefined, scan, resumable })
    try {
      const { intervention } = await asking(watching, record.run, options, world)
      const order: SentOrder = {
        name: loaded.name,
        text: loaded.text,
        inputs: options.input,
        run: record.run,
        sequenceId: record.sequenceId,
        facts,
        options: {
          ...(options.on !== undefined && { on: options.on }),
          ...(options.debugAuth !== undefined && { debugAuth: options.debugAuth }),
          ...(options.verbose !== undefined && { verbose: options.verbose }),
          ...(options.stage !== undefined && { stage: options.stage }),
        },
        connectors,
        rules,
        scan,
        ...(advisories !== undefined && { advisories: advisories.only === undefined ? {} : { only: advisories.only } }),
        logLimits: logLimits(p),
        ...(p.taken !== undefined && { taken: p.taken }),
        codebase: p.codebase.facts,
        asks: intervention !== undefined,
      }
      const answer: AnswerRunner = async (ask, w) => {
        if (ask.kind === 'secret') return { kind: 'secret', value: await secretHere(ask.name, engine, w) }
        if (intervention === undefined) throw new Error('nobody is there to be asked')
        return { kind: 'decide', choice: await intervention.ask(ask.question, w) }
      }
      const named = { ...wanted, run: record.run, pipeline: p.pipeline.identifier, ...(overlay !== undefined && { overlay }) }
      return await inPod({ wanted: named, order, env, answer, sinks, engine, prepared: p, advisories, record }, world)
    } finally {
      await tellFailures(await sinks.close(), world)
      await engine.close()
      await watching.end()
    }
  }
}

interface InPod {
  readonly wanted: RunnerWanted
  readonly order: SentOrder
  readonly env: Readonly<Record<string, string>>
  readonly answer: AnswerRunner
  readonly sinks: SinkRow
  readonly engine: Engine
  readonly prepared: Prepared
  /** Of this machine. */
  readonly advisories: FolderArchive | undefined
  readonly record: RunRecord
}

async function inPod(o: InPod, world: World): Promise<Outcome> {
  let seq = 0
  let outcome: Outcome | undefined
  const files: string[] = []
  const heard = async (recorded: Recorded): Promise<void> => {
    seq = recorded.seq
    const { event } = recorded
    if (event.kind === 'run.finished') outcome = event.outcome
    if (event.kind === 'file.written') files.push(event.file.path)
    await o.sinks.write(recorded)
  }
  const finish = async (ended: Outcome): Promise<Outcome> => {
    await heard({ run: o.record.run, seq: seq + 1, at: world.clock.now(), event: { kind: 'run.finished', outcome: ended } })
    return ended
  }
  try {
    const ended = await follow(o, heard, () => outcome, files, world)
    if (outcome !== undefined) return outcome
    return await finish({ kind: 'errored', problem: diagnose('K8S_RUNNER_RUN_KILLED', { pod: ended.pod, reason: ended.reason }) })
  } catch (error) {
    if (outcome !== undefined) return outcome
    if (world.signal.aborted) return finish({ kind: 'aborted', because: 'user' })
    if (!isProblem(error)) throw error
    // Of a run that has not begun, no sink has anything to say.
    if (seq === 0) await printDiagnostics([error.diagnostic], [], world)
    return finish({ kind: 'errored', problem: error.diagnostic })
  }
}

interface Ended {
  readonly pod: string
  readonly reason: string
}

async function follow(
  o: InPod,
  heard: (recorded: Recorded) => Promise<void>,
  outcome: () => Outcome | undefined,
  files: readonly string[],
  world: World,
): Promise<Ended> {
  const quiet = o.prepared.options.quiet === true
  const say = (text: string): void => void (quiet || world.stderr.write(`slipway: ${text}\n`))
  const note = (one: Diagnostic): void => void printDiagnostics([one], [], world)
  const runner = await o.engine.clusterRunner(o.wanted, { signal: world.signal, answer: o.answer, note })
  const stop = (): void => runner.stop(false)
  const hurry = new AbortController()
  const now = (): void => {
    runner.stop(true)
    hurry.abort(world.hurry.reason)
  }
  try {
    say(`the run is done by the pod ${runner.pod}`)
    await send(o, runner, say, world)
    await runner.start(o.order, o.env, world)
    world.signal.addEventListener('abort', stop, { once: true })
    world.hurry.addEventListener('abort', now, { once: true })
    if (world.signal.aborted) stop()
    let end: Extract<RunnerSaid, { kind: 'ended' }> | undefined
    for await (const what of runner.said({ signal: hurry.signal })) {
      if (what.kind === 'event') await heard(what.recorded)
      else if (what.kind === 'text') await (what.stream === 'out' ? world.stdout : world.stderr).write(what.text)
      else end = what
    }
    if (outcome() !== undefined) await bringFiles(files, sharedPaths(o.prepared), runner, note, { signal: hurry.signal })
    return { pod: runner.pod, reason: end?.signal ?? `exit code ${end?.code ?? 'unknown'}` }
  } finally {
    world.signal.removeEventListener('abort', stop)
    world.hurry.removeEventListener('abort', now)
    await runner.close({ signal: AbortSignal.timeout(closeMs) })
  }
}

async function send(o: InPod, runner: ClusterRunner, say: (text: string) => void, world: World): Promise<void> {
  const { prepared } = o
  if (needsCode(prepared.plan.stages)) {
    const code = await world.tools.archive('code', prepared.codebase.folder, { signal: world.signal, skip: [world.home] })
    say(`sends ${plural(code.files, 'file')} of ${prepared.codebase.folder}, ${humanBytes(code.bytes)}`)
    await runner.give('code', code.open, progress(code.bytes, world), world)
  }
  const { advisories } = o
  if (advisories !== undefined) {
    say(`sends the advisories of ${o.order.scan.db}, ${humanBytes(advisories.bytes)}`)
    await runner.give('advisories', advisories.open, progress(advisories.bytes, world), world)
  }
}

const largeBytes = 20 * 1024 * 1024

/** Of what takes a while: a line for each tenth. */
function progress(total: number, { stderr }: World): (bytes: number) => void {
  let told = 0
  return (bytes) => {
    const tenth = Math.min(9, Math.floor((10 * bytes) / Math.max(1, total)))
    if (total < largeBytes || tenth <= told) return
    told = tenth
    void stderr.write(`slipway: sent ${humanBytes(bytes)} of ${humanBytes(total)}\n`)
  }
}

async function secretHere(name: string, engine: Engine, w: { readonly signal: AbortSignal }): Promise<string | undefined> {
  for (const source of engine.parts.secrets) {
    const value = await source.read(name, w)
    if (value !== undefined) return value.reveal()
  }
  return undefined
}

/** A folder of this machine that the run would clone there. */
function foreignFolder(facts: RunFacts, { pipeline }: Prepared): string | undefined {
  const source = codebaseSource(pipeline, facts)
  return source.kind === 'clone' && source.url !== undefined && !isAddress(source.url) ? source.url : undefined
}

/** Stages whose turns are not decided yet may need it. */
function needsCode(nodes: readonly StageNode[]): boolean {
  return nodes.some((node) => {
    if (node.kind === 'parallel') return needsCode(node.children)
    if (node.kind === 'loop') return node.decided !== undefined || needsCode(node.children)
    return stepsCopy(node.steps)
  })
}

function stepsCopy(nodes: readonly StepNode[]): boolean {
  return nodes.some((node) => (node.kind === 'step' ? node.work.kind === 'clone' && node.work.source.kind === 'work-tree' : stepsCopy(node.children)))
}

function sharedPaths({ plan }: Prepared): readonly string[] {
  const stages = plan.stages.flatMap((node) => (node.kind === 'parallel' ? node.children : [node]))
  return stages.flatMap((node) => (node.kind === 'loop' ? node.children : [node])).flatMap((stage) => stage.sharedPaths ?? [])
}
