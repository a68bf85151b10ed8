/** A Run step's settings to its script, environment and outputs. */
import { known } from '../base/planned.ts'
import { showText } from '../base/secret-text.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { resolveMap } from '../dynamic/resolve-many.ts'
import type { StepOf } from '../pipeline/step.ts'
import { imageToRun } from './image-to-run.ts'
import { plannedReports } from './planned-reports.ts'
import type { RunWork } from './work.ts'

export function planRunWork(spec: StepOf<'Run'>['spec'], o: Resolving): { readonly work: RunWork; readonly does: string } {
  const image = imageToRun(spec, o)
  const script = spec.command === undefined ? undefined : (resolve(spec.command, o) ?? known(''))
  const work: RunWork = {
    kind: 'run',
    start: script === undefined ? { kind: 'program' } : { kind: 'script', shell: spec.shell, script },
    env: spec.envVariables === undefined ? {} : resolveMap(spec.envVariables, o),
    outputs: (spec.outputVariables ?? []).map(({ name, type, value }) => ({
      name,
      from: value ?? name,
      secret: type === 'Secret',
      ...(type === 'Number' && { number: true }),
    })),
    ...(image !== undefined && { image }),
    ...plannedReports(spec.reports, o),
  }
  return { work, does: script === undefined ? 'runs the image' : `runs ${firstLine(script.kind === 'known' ? showText(script.value) : script.source)}` }
}

export function firstLine(script: string): string {
  const lines = script.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
  const first = (lines[0] ?? 'nothing').trim()
  return `${first.length > 60 ? `${first.slice(0, 60)}…` : first}${lines.length > 1 ? ` (+${lines.length - 1} lines)` : ''}`
}
