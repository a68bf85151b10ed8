/** What a step's work comes down to, whatever its type: a script, an image, or a reason why not. Plain JSON inside plans. */
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { ImageToRun } from './image-to-run.ts'
import type { ImageWork } from './image-work.ts'

export interface ScriptOutput {
  /** Name for later steps, and the variable of the script that holds it. */
  readonly name: string
  readonly from: string
  readonly secret: boolean
}

/** A script for a shell, or a program; without `argv` what the image itself starts. */
export type PlannedStart =
  | { readonly kind: 'script'; readonly shell: string; readonly script: Planned<Text> }
  | { readonly kind: 'program'; readonly argv?: Planned<readonly Text[]> }

export interface RunWork {
  readonly kind: 'run'
  readonly start: PlannedStart
  readonly image?: ImageToRun
  readonly env: Readonly<Record<string, Planned<Text>>>
  readonly outputs: readonly ScriptOutput[]
}

export interface UnsupportedWork {
  readonly kind: 'unsupported'
  readonly because: string
}

export type Work = RunWork | ImageWork | UnsupportedWork
