/** Instructions that change the configuration only, each as BuildKit changes it and tells it in the history. */
import { diagnose } from '../../base/diagnostic.ts'
import type { Cmd } from '../../dockerfile/instructions/cmd.ts'
import type { CommandLine } from '../../dockerfile/instructions/command-line.ts'
import type { Entrypoint } from '../../dockerfile/instructions/entrypoint.ts'
import type { Env } from '../../dockerfile/instructions/env.ts'
import type { Expose } from '../../dockerfile/instructions/expose.ts'
import type { Label } from '../../dockerfile/instructions/label.ts'
import type { Maintainer } from '../../dockerfile/instructions/maintainer.ts'
import type { Onbuild } from '../../dockerfile/instructions/onbuild.ts'
import type { Shell } from '../../dockerfile/instructions/shell.ts'
import type { StopSignal } from '../../dockerfile/instructions/stopsignal.ts'
import type { User } from '../../dockerfile/instructions/user.ts'
import type { Volume } from '../../dockerfile/instructions/volume.ts'
import type { RunConfig } from '../../oci/manifest.ts'
import { exposedPorts } from '../image/exposed-ports.ts'
import { plainList, quotedList } from '../image/go-format.ts'
import { isSignal } from '../image/signal-names.ts'
import { expanded, expandedWords, type StageState, tell } from './stage-state.ts'

export function lowerEnv(state: StageState, env: Env): void {
  const pairs = env.pairs.map(({ key, value }) => [expanded(state, key), expanded(state, value)] as const)
  for (const [name, value] of pairs) {
    state.variables.set(name, value)
    state.run.Env = withVariable(state.run.Env ?? [], name, value)
  }
  tell(state, env.at, `ENV ${pairs.map(([name, value]) => `${name}=${value}`).join(' ')}`)
}

export function withVariable(env: readonly string[], name: string, value: string): readonly string[] {
  const at = env.findIndex((line) => line.split('=', 1)[0] === name)
  return at < 0 ? [...env, `${name}=${value}`] : env.with(at, `${name}=${value}`)
}

export function lowerLabel(state: StageState, label: Label): void {
  const pairs = label.pairs.map(({ key, value }) => [expanded(state, key), expanded(state, value)] as const)
  state.run.Labels = { ...state.run.Labels, ...Object.fromEntries(pairs) }
  tell(state, label.at, `LABEL ${pairs.map(([name, value]) => `${name}=${value}`).join(' ')}`)
}

/** The arguments that run: the shell form is handed to the SHELL of this point. */
export function commandArgs(run: RunConfig, command: CommandLine): readonly string[] {
  if (command.kind === 'exec') return command.args.map((arg) => arg.text)
  const shell = (run.Shell ?? []).length > 0 ? (run.Shell ?? []) : ['/bin/sh', '-c']
  return [...shell, command.line?.text ?? '']
}

export function lowerCmd(state: StageState, cmd: Cmd): void {
  const args = commandArgs(state.run, cmd.command)
  setList(state.run, 'Cmd', args)
  state.run.ArgsEscaped = true
  state.cmdGiven = true
  tell(state, cmd.at, `CMD ${quotedList(args)}`)
}

/** A CMD that came from the base belonged to the base's ENTRYPOINT, so it goes. */
export function lowerEntrypoint(state: StageState, entrypoint: Entrypoint): void {
  const args = commandArgs(state.run, entrypoint.command)
  setList(state.run, 'Entrypoint', args)
  if (!state.cmdGiven) delete state.run.Cmd
  tell(state, entrypoint.at, `ENTRYPOINT ${quotedList(args)}`)
}

function setList(run: { Cmd?: readonly string[]; Entrypoint?: readonly string[] }, key: 'Cmd' | 'Entrypoint', args: readonly string[]): void {
  if (args.length > 0) run[key] = args
  else delete run[key]
}

export function lowerExpose(state: StageState, expose: Expose): void {
  const all: string[] = []
  for (const word of expose.ports) {
    for (const port of expandedWords(state, word)) {
      const read = exposedPorts(port)
      if (read.ok) all.push(...read.ports)
      else state.report(diagnose('BUILD_PORT_INVALID', { port, reason: read.reason }, { at: word.at }))
    }
  }
  state.run.ExposedPorts = { ...state.run.ExposedPorts, ...Object.fromEntries(all.map((port) => [port, {}])) }
  tell(state, expose.at, `EXPOSE ${plainList(all)}`)
}

export function lowerUser(state: StageState, user: User): void {
  state.run.User = expanded(state, user.user)
  tell(state, user.at, `USER ${state.run.User}`)
}

export function lowerVolume(state: StageState, volume: Volume): void {
  const paths = volume.paths.map((path) => expanded(state, path))
  const blank = paths.indexOf('')
  if (blank >= 0) state.report(diagnose('DOCKERFILE_VOLUME_BLANK', {}, { at: volume.paths[blank]?.at }))
  state.run.Volumes = { ...state.run.Volumes, ...Object.fromEntries(paths.map((path) => [path, {}])) }
  tell(state, volume.at, `VOLUME ${plainList(paths)}`)
}

export function lowerStopSignal(state: StageState, stop: StopSignal): void {
  const signal = expanded(state, stop.signal)
  if (!isSignal(signal)) state.report(diagnose('BUILD_SIGNAL_INVALID', { signal }, { at: stop.signal.at }))
  state.run.StopSignal = signal
  tell(state, stop.at, `STOPSIGNAL ${signal}`)
}

export function lowerShell(state: StageState, shell: Shell): void {
  state.run.Shell = shell.args.map((arg) => arg.text)
  tell(state, shell.at, `SHELL ${plainList(state.run.Shell)}`)
}

export function lowerMaintainer(state: StageState, maintainer: Maintainer): void {
  state.author = maintainer.name.text
  tell(state, maintainer.at, `MAINTAINER ${maintainer.name.text}`)
}

/** Not part of the history. */
export function lowerOnbuild(state: StageState, onbuild: Onbuild): void {
  state.run.OnBuild = [...(state.run.OnBuild ?? []), onbuild.expression]
}
