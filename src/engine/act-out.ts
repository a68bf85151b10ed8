/** On infrastructure fake: a step acts before its work or instead of it, as its FAKE_* variables say. */
import type { StepPlan } from '../plan/plan.ts'
import type { ProcessSpec } from '../ports/infrastructure.ts'
import type { Work } from '../steps/work.ts'
import type { WorkAt, WorkDone } from './do-work.ts'
import { nowKnown, revealValue } from './reveal.ts'
import { runWork } from './run-work.ts'

/** `process`: what it starts acts. `parts`: it acts, then works with parts that pretend. `instead`: acting is all it does. */
const ways: Readonly<Record<Work['kind'], 'process' | 'parts' | 'instead'>> = {
  run: 'process',
  service: 'process',
  clone: 'parts',
  image: 'parts',
  scan: 'parts',
  'save-cache': 'parts',
  'restore-cache': 'parts',
  unsupported: 'instead',
}

export async function actOut(at: WorkAt<Work>, work: (at: WorkAt<Work>) => Promise<WorkDone>): Promise<WorkDone> {
  const way = ways[at.work.kind]
  if (way === 'process') return work(steered(at))
  if (way === 'parts' && at.step.pretence === undefined) return work(at)
  const acted = await acting(at)
  if (way === 'instead' || acted.outcome.kind !== 'passed') return acted
  const done = await work(at)
  return { ...done, outputs: [...done.outputs.filter(({ name }) => !acted.outputs.some((own) => own.name === name)), ...acted.outputs] }
}

/** Its processes get what steers the step from outside. */
function steered(at: WorkAt<Work>): WorkAt<Work> {
  const { pretence = {} } = at.step
  const { workspace } = at.state
  const start: typeof workspace.start = async (spec, o) => workspace.start(await withPretence(spec), o)
  const withPretence = async (spec: ProcessSpec): Promise<ProcessSpec> => {
    const env = new Map(spec.env)
    for (const [name, value] of Object.entries(pretence)) env.set(name, await revealValue(nowKnown(value), at.context))
    return { ...spec, env }
  }
  return { ...at, state: { ...at.state, workspace: { ...workspace, start } } }
}

const outputPrefix = 'FAKE_OUT_'

function acting({ step, state, context }: WorkAt<Work>): Promise<WorkDone> {
  return runWork({
    work: { kind: 'run', start: { kind: 'program', argv: actor(step) }, env: step.pretence ?? {}, outputs: outputsOf(step) },
    step,
    state,
    context,
  })
}

function actor({ type }: StepPlan): { readonly kind: 'known'; readonly value: readonly string[] } {
  return { kind: 'known', value: [`step of type ${type}`] }
}

function outputsOf({ pretence = {} }: StepPlan) {
  const names = Object.keys(pretence).flatMap((name) => (name.startsWith(outputPrefix) ? [name.slice(outputPrefix.length)] : []))
  return names.map((name) => ({ name, from: name, secret: false }))
}
