/** What a shell is given: the user's script in a file of its own, and a wrapper that hands variables back however the script ends. */
export interface StepScript {
  readonly argv: readonly string[]
  /** File name to content; written 0600 into the step's private folder. */
  readonly files: Readonly<Record<string, string>>
}

export interface ScriptOf {
  readonly script: string
  /** Variables to hand back. */
  readonly outputs: readonly string[]
  /** Of the step, private: where the files are. */
  readonly folder: string
}

type Shell = (o: ScriptOf) => StepScript

/** The exit trap belongs to the wrapper: a script that ends early, also by `exit`, still hands its variables over. */
const posix =
  (program: string): Shell =>
  (o) => ({
    argv: [program, `${o.folder}/wrapper`],
    files: { script: o.script, wrapper: o.outputs.length === 0 ? sourceOnly(o) : `${exportTrap(o)}${sourceOnly(o)}` },
  })

export const shells: Readonly<Record<string, Shell>> = { Sh: posix('sh'), Bash: posix('bash') }

function sourceOnly({ folder }: ScriptOf): string {
  return `set -e\n. '${folder}/script'\n`
}

function exportTrap({ outputs, folder }: ScriptOf): string {
  const lines = outputs.map((name) => `  if [ -n "\${${name}+x}" ]; then printf '%s' "\${${name}}" > '${folder}/out.${name}'; fi`)
  return `__slipway_outputs() {\n${lines.join('\n')}\n}\ntrap __slipway_outputs EXIT\n`
}
