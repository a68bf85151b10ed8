/** One stage to ops and a configuration. Pure: the base's configuration has been read, nothing runs. */
import type { Instruction, InstructionKind } from '../../dockerfile/instructions/instruction.ts'
import { lowerArg } from './arg.ts'
import {
  lowerCmd,
  lowerEntrypoint,
  lowerEnv,
  lowerExpose,
  lowerLabel,
  lowerMaintainer,
  lowerOnbuild,
  lowerShell,
  lowerStopSignal,
  lowerUser,
  lowerVolume,
} from './config-instructions.ts'
import { lowerAdd, lowerCopy } from './copy.ts'
import { lowerWorkdir } from './folders.ts'
import { lowerHealthcheck } from './healthcheck.ts'
import { lowerRun } from './run.ts'
import type { StageState } from './stage-state.ts'

type Lower = { readonly [K in InstructionKind]: (state: StageState, instruction: Extract<Instruction, { kind: K }>) => void }

const lowers: Lower = {
  add: lowerAdd,
  arg: lowerArg,
  cmd: lowerCmd,
  copy: lowerCopy,
  entrypoint: lowerEntrypoint,
  env: lowerEnv,
  expose: lowerExpose,
  healthcheck: lowerHealthcheck,
  label: lowerLabel,
  maintainer: lowerMaintainer,
  onbuild: lowerOnbuild,
  run: lowerRun,
  shell: lowerShell,
  stopsignal: lowerStopSignal,
  user: lowerUser,
  volume: lowerVolume,
  workdir: lowerWorkdir,
}

export function lowerInstruction<K extends InstructionKind>(state: StageState, instruction: Extract<Instruction, { kind: K }>): void {
  const lower: (state: StageState, instruction: Extract<Instruction, { kind: K }>) => void = lowers[instruction.kind as K]
  lower(state, instruction)
}
