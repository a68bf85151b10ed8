/** What a shell is given: the user's script in a file of its own, and a wrapper that hands variables back however the script ends. */
import type { ProcessSpec } from '../../../ports/infrastructure.ts'

export interface StepScript {
  readonly argv: readonly string[]
  /** File name to content; written 0600 into the step's private folder. */
  readonly files: Readonly<Record<string, string>>
}

type Shell = (spec: ProcessSpec, folder: string) => StepScript

/** The exit trap belongs to the wrapper: a script that ends early, also by `exit`, still hands its variables over. */
const posix =
  (program: string): Shell =>
  (spec, folder) => ({
    argv: [program, `${folder}/wrapper`],
    files: { script: spec.script, wrapper: spec.outputs.length === 0 ? sourceOnly(folder) : `${exportTrap(spec, folder)}${sourceOnly(folder)}` },
  })

export const shells: Readonly<Record<string, Shell>> = { Sh: posix('sh'), Bash: posix('bash') }

function sourceOnly(folder: string): string {
  return `set -e\n. '${folder}/script'\n`
}

function exportTrap(spec: ProcessSpec, folder: string): string {
  const lines = spec.outputs.map((name) => `  if [ -n "\${${name}+x}" ]; then printf '%s' "\${${name}}" > '${folder}/out.${name}'; fi`)
  return `__slipway_outputs() {\n${lines.join('\n')}\n}\ntrap __slipway_outputs EXIT\n`
}
