/** RUN to an op: which arguments run, in which surroundings, and what the history tells. */
import { diagnose } from '../../base/diagnostic.ts'
import { heredocStart, heredocText } from '../../dockerfile/heredoc.ts'
import type { Run } from '../../dockerfile/instructions/run.ts'
import { parseMount } from '../../dockerfile/mounts.ts'
import { findSource } from '../../dockerfile/stages.ts'
import type { Word } from '../../dockerfile/word.ts'
import { commandArgs } from './config-instructions.ts'
import type { RunMount, RunOp } from './op.ts'
import { expanded, type StageState } from './stage-state.ts'

export function lowerRun(state: StageState, run: Run): void {
  const { args, scripts } = runArgs(state, run)
  const declared = [...state.args].map(([name, value]) => `${name}=${state.variables.get(name) ?? value ?? ''}`)
  const told = [...(declared.length > 0 ? [`|${declared.length}`, ...declared] : []), ...args]
  if (run.security !== undefined && expanded(state, run.security) === 'insecure') refuse(state, run.security, 'RUN --security=insecure')
  for (const device of run.device) refuse(state, device, `RUN --device=${device.text}`)
  state.ops.push({
    kind: 'run',
    at: run.at,
    createdBy: `RUN ${told.join(' ')} # buildkit`,
    title: run.source,
    args,
    scripts,
    env: runEnv(state),
    argNames: [...state.args.keys()],
    cwd: state.run.WorkingDir === undefined || state.run.WorkingDir === '' ? '/' : state.run.WorkingDir,
    user: state.run.User ?? '',
    network: networkOf(run),
    mounts: run.mounts.flatMap((word) => mountOf(state, word) ?? []),
  })
}

function refuse(state: StageState, word: Word, what: string): void {
  const hint = 'The sandbox has no way to give a command the rights of the machine. Build with --engine buildx and its entitlements.'
  state.report(diagnose('BUILD_NOT_SUPPORTED_YET', { what }, { at: word.at, hint }))
}

function networkOf(run: Run): RunOp['network'] {
  const text = run.network?.text
  return text === 'none' || text === 'host' ? text : 'default'
}

/** ENV in its order, then what ARG alone declares; where both have a name, the later instruction has won. */
function runEnv(state: StageState): readonly string[] {
  const names = new Set([...(state.run.Env ?? []).map((line) => line.split('=', 1)[0] ?? ''), ...state.args.keys()])
  return [...names].flatMap((name) => {
    const value = state.variables.get(name)
    return value === undefined ? [] : [`${name}=${value}`]
  })
}

function mountOf(state: StageState, word: Word): RunMount | undefined {
  const mount = parseMount(word, (text) => expanded(state, { text, at: word.at }), state.report)
  if (mount === undefined) return undefined
  const from = mount.kind === 'bind' || mount.kind === 'cache' ? mount.from : undefined
  if (from === undefined) return { mount, origin: { kind: 'context' }, at: word.at }
  const context = state.context(from)
  if (context !== undefined) return { mount, origin: { kind: 'image', name: context }, at: word.at }
  const source = findSource(state.file, { text: from, at: word.at }, state.index, state.report)
  if (source === undefined) return undefined
  return { mount, origin: source.kind === 'other' ? { kind: 'image', name: source.name } : source, at: word.at }
}

type Command = Pick<RunOp, 'args' | 'scripts'>

/** A lone here-document is the script itself, or a program when it begins with "#!"; otherwise the shell gets to see it whole. */
function runArgs(state: StageState, run: Run): Command {
  const [first] = run.heredocs
  if (first === undefined || run.command.kind === 'exec') return { args: commandArgs(state.run, run.command), scripts: [] }
  const line = run.command.line?.text ?? ''
  const shell = (text: string) => commandArgs(state.run, { kind: 'shell', line: { text, at: run.at } })
  if (heredocStart(line) === undefined) return { args: shell([line, ...run.heredocs.map((doc) => doc.content + doc.name)].join('\n')), scripts: [] }
  const text = heredocText(first)
  if (!text.startsWith('#!')) return { args: shell(text), scripts: [] }
  const path = `/dev/pipes/${first.name}`
  return { args: shell(path), scripts: [{ path, text }] }
}
