/** Carries a run out in this process: the engine with its adapters, everything that happens told to the sinks. */
import type { Diagnostic } from '../../base/diagnostic.ts'
import { isProblem, Problem } from '../../base/problem.ts'
import type { LogLimits } from '../../engine/log-limits.ts'
import { recorder } from '../../engine/recorder.ts'
import { redactor } from '../../engine/redactor.ts'
import { runPlan } from '../../engine/run-plan.ts'
import type { Outcome } from '../../events/outcome.ts'
import type { RunEvent, RunId } from '../../events/run-event.ts'
import type { Connector } from '../../pipeline/connector.ts'
import type { Planner } from '../../plan/planner.ts'
import type { InfraName } from '../../ports/infrastructure.ts'
import type { Intervention } from '../../ports/intervention.ts'
import type { SecretSource } from '../../ports/secret-source.ts'
import type { Sink } from '../../ports/sink.ts'
import type { HostMapping } from '../../registry/endpoint.ts'
import { printDiagnostics } from '../failures.ts'
import { runTime } from '../run-time.ts'
import type { Instead } from '../runs/instead-of-stages.ts'
import type { pastOfRun } from '../runs/past-of-run.ts'
import type { ScanChoice } from '../scan/scan-choice.ts'
import type { Codebase } from '../toolbox.ts'
import type { World } from '../world.ts'

export interface Performance {
  readonly plans: Planner
  readonly run: RunId
  readonly sequenceId: number
  readonly options: { readonly on?: InfraName; readonly debugAuth?: boolean; readonly verbose?: boolean }
  readonly connectors: ReadonlyMap<string, Connector>
  readonly rules: readonly HostMapping[]
  readonly scan: ScanChoice
  /** Folder of the code under build. */
  readonly codebase: string
  readonly instead: Instead
  readonly logLimits: LogLimits
  readonly sinks: readonly Sink[]
  readonly intervention?: Intervention
  /** In place of those of this machine. */
  readonly secrets?: readonly SecretSource[]
  readonly resumable?: (run: string) => Promise<boolean>
  /** Of a run that goes on. */
  readonly past?: Awaited<ReturnType<typeof pastOfRun>>
  /** Code that somebody has sent: taken as it is. */
  readonly sent?: Codebase
}

export async function performRun(p: Performance, world: World): Promise<Outcome> {
  const planned = p.plans.plan()
  if (!planned.ok) throw firstOf(planned.diagnostics)
  const embedded = await world.tools.embeddedRegistries(p.rules, world.home)
  const masks = redactor()
  const time = runTime(p.options.on, world.clock)
  const story = recorder({ run: p.run, clock: time.clock, redactor: masks, sinks: p.sinks, ...(p.past !== undefined && { past: p.past }) })
  const say = (line: string): void => void world.stderr.write(`auth: ${masks.text(line)}\n`)
  const needs = {
    hosts: embedded.hosts,
    connectors: p.connectors,
    home: world.home,
    onSecret: (value: string) => masks.register(value),
    scan: p.scan,
    ...(p.secrets !== undefined && { secrets: p.secrets }),
    ...(p.resumable !== undefined && { resumable: p.resumable }),
    ...(p.sent !== undefined && { sent: p.sent }),
  }
  const engine =
    p.options.on === 'fake'
      ? await world.tools.fakeEngine(time.clock)
      : await world.tools.engine({ ...needs, ...((p.options.debugAuth ?? p.options.verbose) === true && { say }) })
  try {
    const emit = (event: RunEvent) => time.real(() => story.emit(event))
    const told = {
      ...(p.intervention !== undefined && { intervention: p.intervention }),
      redactor: masks,
      logLimits: p.logLimits,
      runSecrets: new Map<string, string>(),
      emit,
    }
    const context = { ...engine.parts, ...told, clock: time.clock, planner: p.plans, signal: world.signal }
    const launch = { plan: planned.value, run: p.run, sequenceId: p.sequenceId, codebase: p.codebase, instead: p.instead }
    return await runPlan({ ...launch, ...(p.past !== undefined && { past: p.past }) }, context)
  } finally {
    await tellFailures(await story.close(), world)
    await engine.close()
    await embedded.close()
  }
}

export async function tellFailures(failures: readonly { readonly sink: string; readonly error: unknown }[], world: World): Promise<void> {
  for (const { sink, error } of failures) {
    if (isProblem(error)) await printDiagnostics([error.diagnostic], [], world)
    else await world.stderr.write(`slipway: ${sink} stopped: ${String(error)}\n`)
  }
}

/** Of a text that only the number of this very run makes wrong. */
function firstOf(diagnostics: readonly Diagnostic[]): Error {
  const [first, ...others] = diagnostics.filter((d) => d.severity === 'error')
  return first === undefined ? new Error('a plan without errors is not good') : new Problem(first, { others })
}
