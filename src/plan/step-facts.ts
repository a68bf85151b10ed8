/** What a step is given, and why it is done the way it is: shown with the run, so that nobody has to look for the plan. */
import { humanDuration } from '../base/human.ts'
import type { Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { PlannedStart, RunWork, ServiceWork } from '../steps/work.ts'
import { describeWork } from './describe-work.ts'
import type { StepPlan } from './plan.ts'

/** `variable`s have a name; `tool` and `engine` are reasons. */
export interface StepFact {
  readonly about: 'image' | 'script' | 'variable' | 'does' | 'tool' | 'engine' | 'limit'
  readonly name?: string
  readonly text: string
}

/** An event stays small, whatever a pipeline holds. */
const longestScript = 4_000
const longestValue = 500
const mostVariables = 200
/** Says how a step behaves on fake, which is no input of it; and what it will give may be a secret that nobody knows yet. */
const steering = /^FAKE_/

export function stepFacts({ work, timeoutMs }: Pick<StepPlan, 'work' | 'timeoutMs'>): readonly StepFact[] {
  const limit: readonly StepFact[] = timeoutMs === undefined ? [] : [{ about: 'limit', text: humanDuration(timeoutMs) }]
  switch (work.kind) {
    case 'run':
    case 'service':
      return [...processFacts(work), ...limit]
    case 'image':
      return [...imageFacts(work), ...limit]
    default:
      return [...describeWork(work).map((text): StepFact => ({ about: 'does', text })), ...limit]
  }
}

function processFacts(work: RunWork | ServiceWork): readonly StepFact[] {
  const started = startText(work.start)
  return [
    ...(work.image === undefined ? [] : [{ about: 'image', text: shown(work.image.reference) } as const]),
    ...(started === '' ? [] : [{ about: 'script', text: cut(started, longestScript) } as const]),
    ...variables(work.env),
  ]
}

/** What it does is the plan's own text, less the reasons, which have places of their own. */
function imageFacts(work: ImageWork): readonly StepFact[] {
  const reasons = ({ name, reasons }: { readonly name: string; readonly reasons: readonly string[] }) => `${name}: ${reasons.join('; ')}`
  const [tool, engine] = [reasons(work.tool), reasons(work.engine)]
  const does = describeWork(work).filter((line) => line !== `tool ${tool}` && line !== `engine ${engine}`)
  return [
    ...does.map((text): StepFact => ({ about: 'does', text })),
    { about: 'tool', name: work.tool.name, text: work.tool.reasons.join('; ') },
    { about: 'engine', name: work.engine.name, text: work.engine.reasons.join('; ') },
    ...variables(work.env),
  ]
}

function startText(start: PlannedStart): string {
  if (start.kind === 'script') return shown(start.script).trim()
  if (start.argv === undefined) return ''
  return start.argv.kind === 'known' ? start.argv.value.map(showText).join(' ') : shown(start.argv)
}

function variables(env: Readonly<Record<string, Planned<Text>>>): readonly StepFact[] {
  return Object.entries(env)
    .filter(([name]) => !steering.test(name))
    .slice(0, mostVariables)
    .map(([name, value]) => ({ about: 'variable', name, text: cut(shown(value), longestValue) }))
}

function shown(planned: Planned<unknown>): string {
  return planned.kind === 'known' ? showText(planned.value as Text) : `${planned.source} (known after ${planned.until})`
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}
