/** What a step's work comes down to, whatever its type: a script, an image, or a reason why not. Plain JSON inside plans. */
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { CacheWork } from './cache-work.ts'
import type { CloneWork } from './clone-work.ts'
import type { ImageToRun } from './image-to-run.ts'
import type { ImageWork } from './image-work.ts'
import type { ScanWork } from './scan-work.ts'

export interface ScriptOutput {
  /** Name for later steps, and the variable of the script that holds it. */
  readonly name: string
  readonly from: string
  readonly secret: boolean
  /** Later steps reckon with it. */
  readonly number?: true
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
  /** Patterns of the files that hold its test results. */
  readonly reports?: readonly Planned<Text>[]
}

/** A service: lives until its stage ends, and is done as a step once it is started, or ready if it says how to know. */
export interface ServiceWork {
  readonly kind: 'service'
  readonly start: PlannedStart
  readonly image?: ImageToRun
  readonly env: Readonly<Record<string, Planned<Text>>>
  readonly ports: Readonly<Record<string, string>>
  readonly ready: Readiness
}

/** All of them have to hold. */
export interface Readiness {
  /** A TCP port of the stage that takes connections. */
  readonly tcp?: Planned<Text>
  /** A command that passes; run as the service is, again and again. */
  readonly command?: Planned<Text>
  /** Text in what the service prints. */
  readonly log?: Planned<Text>
}

export interface UnsupportedWork {
  readonly kind: 'unsupported'
  readonly because: string
}

export type Work = RunWork | ServiceWork | CloneWork | ImageWork | ScanWork | CacheWork | UnsupportedWork
