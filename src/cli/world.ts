/** All that commands know of the machine, handed in by main. */

import type { Readable } from 'node:stream'
import type { Clock } from '../base/clock.ts'
import type { Platform } from '../oci/platform.ts'
import type { Toolbox } from './toolbox.ts'

/** A stream to people or programs. */
export interface Writer {
  write(text: string | Uint8Array): Promise<void> | void
  /** Columns and rows of the terminal, undefined when it is none. */
  readonly columns: number | undefined
  readonly rows: number | undefined
  readonly colour: boolean
  /** Has a text written when the process ends before it is taken back, however it ends. */
  atExit?(text: string): () => void
}

export interface World {
  readonly version: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Data folder. */
  readonly home: string
  /** What this machine runs by itself: linux and its CPU. */
  readonly platform: Platform
  readonly clock: Clock
  readonly random: (bytes: number) => Uint8Array
  readonly stdout: Writer
  readonly stderr: Writer
  /** Read by whoever needs it, once. */
  readonly stdin: () => Readable
  /** Aborts at the first Ctrl-C. */
  readonly signal: AbortSignal
  /** Aborts at the second: what was asked to end shall end now. */
  readonly hurry: AbortSignal
  /** As Ctrl-C does: for keys that are read one by one. */
  interrupt(): void
  /** From now on a reader that goes away aborts `signal`, instead of ending the process at once. */
  orderly(): void
  readonly tools: Toolbox
}
