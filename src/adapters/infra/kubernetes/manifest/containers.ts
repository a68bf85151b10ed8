/** The containers that a stage needs, as far as its plan knows them: one per step that runs a process, and some to spare for what is decided late. */
import { type Diagnostic, diagnose } from '../../../../base/diagnostic.ts'
import { known, type Planned } from '../../../../base/planned.ts'
import { isSecretText, type Text } from '../../../../base/secret-text.ts'
import type { FailureAct } from '../../../../plan/failure-plan.ts'
import type { StagePlan, StepNode, StepPlan } from '../../../../plan/plan.ts'
import type { ImageToRun } from '../../../../steps/image-to-run.ts'
import { judges, quantityOf } from './names.ts'

export interface Amounts {
  readonly memory?: string
  readonly cpu?: string
}

export interface ContainerPlan {
  /** `step-1` */
  readonly name: string
  /** Path of the step; undefined: to spare. */
  readonly step?: string
  /** Undefined: known when the step starts, and put in then. */
  readonly image?: string
  readonly pull?: 'always' | 'if-missing' | 'never'
  readonly connector?: string
  /** As the step says. */
  readonly user?: number
  /** Where nobody says anything. */
  readonly usualUser?: number
  readonly privileged: boolean
  /** It has a folder for what it makes. */
  readonly makes?: true
  readonly limits: Amounts
  readonly requests: Amounts
}

export interface ContainersPlan {
  readonly containers: readonly ContainerPlan[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Run and Background steps, unless somebody says otherwise. Images of plugins know best who they run as. */
const usualUser = 1000
/** Enough for failure strategies as people write them. */
const mostAgain = 5
/** For each loop whose turns are not known yet. */
const sparePerLoop = 4

export interface ContainerNeeds {
  /** Of steps that name none. */
  readonly usualImage?: string
  /** At least so many to spare. */
  readonly spare: number
}

export function plannedContainers(stage: StagePlan, o: ContainerNeeds): ContainersPlan {
  const diagnostics: Diagnostic[] = []
  const containers: ContainerPlan[] = []
  const [steps, lateLoops] = stepsOf(stage.steps)
  for (const step of steps) {
    const plan = containerOf(step, containerWanted(step, stage), `step-${containers.filter(({ step: path }) => path !== undefined).length + 1}`, o, diagnostics)
    if (plan === undefined) continue
    containers.push(plan)
    for (let again = 1; again <= triesAgain(step); again++) containers.push({ ...plan, name: `${plan.name}-again-${again}` })
  }
  for (let i = 1; i <= Math.max(o.spare, lateLoops * sparePerLoop); i++)
    containers.push({ name: `spare-${i}`, privileged: false, usualUser, limits: {}, requests: {} })
  return { containers: numbered(containers), diagnostics }
}

/** As the documents count them: those of repetitions do not count. */
function numbered(containers: readonly ContainerPlan[]): readonly ContainerPlan[] {
  const numbers = new Map<string, number>()
  return containers.map((one) => {
    if (one.step === undefined) return one
    const number = numbers.get(one.step) ?? numbers.size + 1
    numbers.set(one.step, number)
    return { ...one, name: one.name.replace(/^step-\d+/, `step-${number}`) }
  })
}

function stepsOf(nodes: readonly StepNode[]): [StepPlan[], number] {
  const steps: StepPlan[] = []
  let late = 0
  for (const node of nodes) {
    if (node.kind === 'step') steps.push(node)
    else {
      if (node.kind === 'loop' && node.decided !== undefined) late++
      const [below, lateBelow] = stepsOf(node.children)
      steps.push(...below)
      late += lateBelow
    }
  }
  return [steps, late]
}

function containerOf(
  step: StepPlan,
  container: ContainerWanted | undefined,
  name: string,
  o: ContainerNeeds,
  diagnostics: Diagnostic[],
): ContainerPlan | undefined {
  if (container === undefined) return undefined
  const late = (setting: string, at: Planned<unknown>): undefined => {
    diagnostics.push(diagnose('K8S_DECIDED_LATE', { setting, step: step.path }, { at: (at.kind === 'deferred' ? at.at : undefined) ?? step.at }))
  }
  const fixed = <T>(setting: string, planned: Planned<T> | undefined): T | undefined => {
    if (planned === undefined || planned.kind === 'known') return planned?.value
    return late(setting, planned)
  }
  const amount = (setting: string, planned: Planned<Text> | undefined): string | undefined => {
    const text = fixed(setting, planned)
    if (typeof text !== 'string' || text === '') return undefined
    const wrong = judges.quantity(quantityOf(text))
    if (wrong !== undefined) diagnostics.push(diagnose('K8S_SETTING_INVALID', { key: `${setting} of ${step.path}`, reason: wrong }, { at: step.at }))
    return quantityOf(text)
  }
  const { image, usual } = container
  if (image === undefined && o.usualImage === undefined) diagnostics.push(diagnose('K8S_NO_IMAGE', { name: step.path }, { at: step.at }))
  const reference = image === undefined ? o.usualImage : plainText(image.reference)
  const connector = image?.connector === undefined ? undefined : plainText(image.connector)
  const given = fixed('runAsUser', image?.user)
  const user = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : undefined
  const pair = (prefix: string, memory: Planned<Text> | undefined, cpu: Planned<Text> | undefined): Amounts => {
    const [much, fast] = [amount(`${prefix}.memory`, memory), amount(`${prefix}.cpu`, cpu)]
    return { ...(much !== undefined && { memory: much }), ...(fast !== undefined && { cpu: fast }) }
  }
  return {
    name,
    step: step.path,
    ...(reference !== undefined && { image: reference }),
    ...(image?.pull !== undefined && { pull: image.pull }),
    ...(connector !== undefined && { connector }),
    ...(user !== undefined && { user }),
    ...(usual !== undefined && { usualUser: usual }),
    privileged: fixed('privileged', image?.privileged) ?? false,
    ...(container.makes === true && { makes: true }),
    limits: pair('resources.limits', image?.memory, image?.cpu),
    requests: pair('resources.requests', image?.requests?.memory, image?.requests?.cpu),
  }
}

interface ContainerWanted {
  readonly image?: ImageToRun
  readonly makes?: true
  /** Who runs in it where nobody says anything. */
  readonly usual?: number
}

/** Undefined: the step is done without one. */
function containerWanted({ type, work }: StepPlan, { infrastructure }: StagePlan): ContainerWanted | undefined {
  if (work.kind === 'image' && work.executor !== undefined) {
    const imageConnector = infrastructure.kubernetes?.imageConnector
    const connector = imageConnector === undefined ? {} : { connector: known(imageConnector) }
    // Before whom the stage names: it can only work as root.
    return { image: { ...connector, user: known('0'), ...work.executor.container }, makes: true }
  }
  if (work.kind !== 'run' && work.kind !== 'service') return undefined
  return { ...(work.image !== undefined && { image: work.image }), ...(type !== 'Plugin' && { usual: usualUser }) }
}

/** Undefined: later, or a secret, which is only known when the step starts. */
function plainText(planned: Planned<Text>): string | undefined {
  return planned.kind === 'known' && !isSecretText(planned.value) ? planned.value : undefined
}

/** How often its failure strategies may start it again. Each try needs a container of its own: one that has ended does not start again. */
function triesAgain({ onFailure = [] }: StepPlan): number {
  return Math.min(mostAgain, Math.max(0, ...onFailure.flat().map(({ act }) => triesOf(act))))
}

function triesOf(act: FailureAct): number {
  if (act.kind === 'ask') return Math.max(1, triesOf(act.otherwise))
  if (act.kind !== 'retry' && act.kind !== 'retry-group') return 0
  return (act.count.kind === 'known' ? act.count.value : mostAgain) + triesOf(act.otherwise)
}
