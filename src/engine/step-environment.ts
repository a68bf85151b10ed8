/** The whole environment of a step's process: what every step finds, outputs of earlier steps of its stage, and its own variables on top. */
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { SecretValue } from '../ports/secret-source.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown, revealValue } from './reveal.ts'

type Own = Readonly<Record<string, Planned<Text>>>

export async function stepEnvironment(own: Own, { step, state, context }: WorkAt<unknown>): Promise<ReadonlyMap<string, string | SecretValue>> {
  const { run, variables } = context.planner.environment(step.path, state.knowledge)
  const texts = new Map<string, Text>([...Object.entries(run), ...Object.entries(variables), ...state.exports])
  for (const [name, value] of Object.entries(own)) texts.set(name, nowKnown(value))
  const env = new Map<string, string | SecretValue>()
  for (const [name, text] of texts) env.set(name, await revealValue(text, context))
  return env
}
