/** ARG inside a stage: the caller's value, else the default, else what the top of the file or the platform gives. */
import type { Arg, ArgDeclaration } from '../../dockerfile/instructions/arg.ts'
import { expanded, type StageState, tell } from './stage-state.ts'

export function lowerArg(state: StageState, arg: Arg): void {
  const told = arg.args.map((declaration) => {
    const name = declaration.name.text
    const value = argValue(state, declaration)
    if (value !== undefined) state.variables.set(name, value)
    state.args.set(name, value)
    return value === undefined ? name : `${name}=${value}`
  })
  tell(state, arg.at, `ARG ${told.join(' ')}`)
}

function argValue(state: StageState, { name, value }: ArgDeclaration): string | undefined {
  const given = state.given.get(name.text)
  if (given !== undefined) {
    state.usedArgs.add(name.text)
    return given
  }
  return value === undefined ? state.scope.get(name.text) : expanded(state, value)
}
