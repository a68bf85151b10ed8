/** Build arguments for the executor: a plain value is part of the command, a secret one comes from the environment, by its name alone. */
import { mapPlanned, type Planned } from '../../base/planned.ts'
import { isSecretText, type Text } from '../../base/secret-text.ts'
import type { BuildArg } from '../build-source.ts'

export interface ExecutorArg {
  /** What the command says. */
  readonly shown: string
  /** What the environment must hold for it. */
  readonly variable?: { readonly name: string; readonly value: Planned<Text> }
}

/** An argument from a variable that nobody sets is not given. */
export function executorArgs(args: Planned<readonly BuildArg[]>, variable: (name: string) => Planned<Text> | undefined): Planned<readonly ExecutorArg[]> {
  return mapPlanned(args, (list) => list.flatMap((arg) => argOf(arg, variable)))
}

function argOf(arg: BuildArg, variable: (name: string) => Planned<Text> | undefined): readonly ExecutorArg[] {
  if (arg.kind === 'value') {
    if (!isSecretText(arg.value)) return [{ shown: `${arg.name}=${arg.value}` }]
    return [{ shown: arg.name, variable: { name: arg.name, value: { kind: 'known', value: arg.value } } }]
  }
  for (const name of arg.from) {
    const value = variable(name)
    if (value !== undefined) return [{ shown: arg.name, variable: { name: arg.name, value } }]
  }
  return []
}
