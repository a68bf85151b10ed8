/** The closed union of the instructions of a stage, and the table that reads them. */
import { diagnose } from '../../base/diagnostic.ts'
import { didYouMean } from '../../text/suggest.ts'
import { type Add, readAdd } from './add.ts'
import { type Arg, readArg } from './arg.ts'
import { type Cmd, readCmd } from './cmd.ts'
import { type Copy, readCopy } from './copy.ts'
import { type Entrypoint, readEntrypoint } from './entrypoint.ts'
import { type Env, readEnv } from './env.ts'
import { type Expose, readExpose } from './expose.ts'
import { type Healthcheck, readHealthcheck } from './healthcheck.ts'
import { type Label, readLabel } from './label.ts'
import { type Maintainer, readMaintainer } from './maintainer.ts'
import { type Onbuild, readOnbuild } from './onbuild.ts'
import type { Request } from './request.ts'
import { type Run, readRun } from './run.ts'
import { readShell, type Shell } from './shell.ts'
import { readStopSignal, type StopSignal } from './stopsignal.ts'
import { readUser, type User } from './user.ts'
import { readVolume, type Volume } from './volume.ts'
import { readWorkdir, type Workdir } from './workdir.ts'

export type Instruction =
  | Add
  | Arg
  | Cmd
  | Copy
  | Entrypoint
  | Env
  | Expose
  | Healthcheck
  | Label
  | Maintainer
  | Onbuild
  | Run
  | Shell
  | StopSignal
  | User
  | Volume
  | Workdir

export type InstructionKind = Instruction['kind']

const readers: { readonly [K in InstructionKind]: (request: Request) => Extract<Instruction, { kind: K }> | undefined } = {
  add: readAdd,
  arg: readArg,
  cmd: readCmd,
  copy: readCopy,
  entrypoint: readEntrypoint,
  env: readEnv,
  expose: readExpose,
  healthcheck: readHealthcheck,
  label: readLabel,
  maintainer: readMaintainer,
  onbuild: (request) => readOnbuild(request, readInstruction),
  run: readRun,
  shell: readShell,
  stopsignal: readStopSignal,
  user: readUser,
  volume: readVolume,
  workdir: readWorkdir,
}

/** Every keyword but FROM, in lower case. */
export const instructionKinds = Object.keys(readers) as readonly InstructionKind[]

/** Undefined after a report. */
export function readInstruction(request: Request): Instruction | undefined {
  const kind = instructionKinds.find((name) => name === request.keyword.text.toLowerCase())
  if (kind !== undefined) return readers[kind](request)
  const instruction = request.keyword.text
  const hint = didYouMean(instruction.toUpperCase(), ['FROM', ...instructionKinds.map((name) => name.toUpperCase())])
  request.report(diagnose('DOCKERFILE_INSTRUCTION_UNKNOWN', { instruction }, { at: request.keyword.at, hint }))
  return undefined
}
