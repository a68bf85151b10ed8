/** A Background step's settings to a service. How to know that it is ready stands among its variables, where the original takes no notice of it. */
import { diagnose } from '../base/diagnostic.ts'
import { known, type Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { resolveList, resolveMap } from '../dynamic/resolve-many.ts'
import type { StepOf } from '../pipeline/step.ts'
import { imageToRun } from './image-to-run.ts'
import { firstLine } from './plan-run-work.ts'
import type { PlannedStart, Readiness, ServiceWork } from './work.ts'

type Background = StepOf<'Background'>

const readyNames = { SLIPWAY_READY_TCP: 'tcp', SLIPWAY_READY_CMD: 'command', SLIPWAY_READY_LOG: 'log' } as const satisfies Record<string, keyof Readiness>

export function planServiceWork({ spec, at }: Background, o: Resolving): { readonly work: ServiceWork; readonly does: string } {
  const image = imageToRun(spec, o)
  const { env, ready } = splitReady(spec.envVariables === undefined ? {} : resolveMap(spec.envVariables, o))
  const { tcp } = ready
  if (tcp?.kind === 'known' && !isPort(showText(tcp.value))) o.report(diagnose('SERVICE_READY_PORT', { text: showText(tcp.value) }, { at }))
  if (spec.reports !== undefined) o.report(diagnose('SERVICE_REPORTS', {}, { at }))
  const start = startOf(spec, o)
  const work: ServiceWork = { kind: 'service', start, ...(image !== undefined && { image }), env, ports: portsOf(spec), ready }
  return { work, does: `starts the service ${whatOf(start, image?.reference)}` }
}

export function isPort(text: string): boolean {
  const port = Number(text)
  return /^\d+$/.test(text) && port > 0 && port < 65_536
}

/** An entrypoint goes before a command, as in the original. */
function startOf(spec: Background['spec'], o: Resolving): PlannedStart {
  const argv = spec.entrypoint === undefined ? undefined : resolveList(spec.entrypoint, o)
  if (argv !== undefined) return { kind: 'program', argv }
  const script = spec.command === undefined ? undefined : (resolve(spec.command, o) ?? known(''))
  return script === undefined ? { kind: 'program' } : { kind: 'script', shell: spec.shell, script }
}

function portsOf({ portBindings }: Background['spec']): Readonly<Record<string, string>> {
  return Object.fromEntries(portBindings ?? [])
}

function splitReady(variables: Readonly<Record<string, Planned<Text>>>): { env: Readonly<Record<string, Planned<Text>>>; ready: Readiness } {
  const entries = Object.entries(variables)
  const isReady = (name: string): name is keyof typeof readyNames => Object.hasOwn(readyNames, name)
  return {
    env: Object.fromEntries(entries.filter(([name]) => !isReady(name))),
    ready: Object.fromEntries(entries.flatMap(([name, value]) => (isReady(name) ? [[readyNames[name], value]] : []))),
  }
}

function whatOf(start: PlannedStart, image: Planned<Text> | undefined): string {
  if (image !== undefined) return shown(image)
  if (start.kind === 'script') return firstLine(shown(start.script))
  return start.argv?.kind === 'known' ? start.argv.value.map(showText).join(' ') : (start.argv?.source ?? '')
}

function shown(planned: Planned<Text>): string {
  return planned.kind === 'known' ? showText(planned.value) : planned.source
}
