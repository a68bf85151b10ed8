/** RUN to an op: which arguments run, and what the history tells. */
import { heredocStart, heredocText } from '../../dockerfile/heredoc.ts'
import type { Run } from '../../dockerfile/instructions/run.ts'
import { commandArgs } from './config-instructions.ts'
import type { StageState } from './stage-state.ts'

export function lowerRun(state: StageState, run: Run): void {
  const args = runArgs(state, run)
  const declared = [...state.args].map(([name, value]) => `${name}=${state.variables.get(name) ?? value ?? ''}`)
  const told = [...(declared.length > 0 ? [`|${declared.length}`, ...declared] : []), ...args]
  state.ops.push({ kind: 'run', at: run.at, createdBy: `RUN ${told.join(' ')} # buildkit`, args })
}

/** A lone here-document is the script itself, or a program when it begins with "#!"; otherwise the shell gets to see it whole. */
function runArgs(state: StageState, run: Run): readonly string[] {
  const [first] = run.heredocs
  if (first === undefined || run.command.kind === 'exec') return commandArgs(state.run, run.command)
  const line = run.command.line?.text ?? ''
  const shell = (text: string) => commandArgs(state.run, { kind: 'shell', line: { text, at: run.at } })
  if (heredocStart(line) === undefined) return shell([line, ...run.heredocs.map((doc) => doc.content + doc.name)].join('\n'))
  const script = heredocText(first)
  return script.startsWith('#!') ? shell(`/dev/pipes/${first.name}`) : shell(script)
}
