/** Where a RUN runs: a process on a stacked root file system of its own. Port; `namespaces.ts` is the real one. */
import type { Waiting } from '../tree/node.ts'
import type { Owners } from './keeper/owners.ts'

export interface ProcessSpec {
  readonly args: readonly string[]
  readonly env: readonly string[]
  readonly cwd: string
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
  /** `none`: a network of its own with nothing but loopback. */
  readonly network: 'host' | 'none'
  /** Absent: as builds call it. */
  readonly hostName?: string
  /** A process of its own is the first one, so that signals mean to the command what they usually mean, and how it ended is told exactly. */
  readonly supervised?: boolean
  /** Keeps all rights that there are in its namespaces, and nothing of /proc is hidden. */
  readonly privileged?: boolean
}

/** A layer in overlay form: an absolute folder, or an EROFS image in a file, which is mounted for the run alone. */
export type Lower = { readonly kind: 'folder'; readonly folder: string } | { readonly kind: 'image'; readonly file: string }

/** The topmost first. */
export type Stack = readonly Lower[]

/** How a layer's files come to be there: mounted as an image (straight from the file, or through a loop device where the kernel is older), or unpacked. */
export type LayerForm = 'image' | 'image through loop' | 'folder'

/** Targets are real paths of the root file system: links have been followed. What is missing there is made, and reported by `stubs`. */
export type SandboxMount =
  | { readonly kind: 'file'; readonly target: string; readonly content: Uint8Array; readonly mode: number; readonly uid: number; readonly gid: number }
  | { readonly kind: 'folder'; readonly target: string; readonly source: string; readonly readOnly: boolean }
  /** A path of other layers; what is written there is lost. */
  | { readonly kind: 'stack'; readonly target: string; readonly stack: Stack; readonly source: string; readonly isFile: boolean; readonly readOnly: boolean }
  | { readonly kind: 'socket'; readonly target: string; readonly source: string; readonly uid?: number; readonly gid?: number }
  | { readonly kind: 'tmpfs'; readonly target: string; readonly size: number | undefined }

export interface SandboxJob {
  readonly process: ProcessSpec
  readonly lowers: Stack
  /** A folder for this run alone, on the file system of the folders among the lowers. What the run changes is in `upper/` of it afterwards. */
  readonly folder: string
  readonly mounts: readonly SandboxMount[]
  /** Of links, pipes and devices of the lowers, where `keepsOwners` is. */
  readonly owners?: Owners
  /** Where a copied root may stay for the next command of the build; `becomes` is where the caller puts `upper`. */
  readonly kept?: { readonly roots: KeptRoots; readonly becomes: string }
  /** Named pipes that the caller reads, instead of `onOutput`. */
  readonly output?: { readonly out: string; readonly err: string }
}

/** Roots that commands of one build leave for the next ones. */
export interface KeptRoots {
  /** The folder is the caller's then. `above`: what it does not have yet of the layers, the topmost first. */
  take(layers: readonly Lower[]): { readonly folder: string; readonly above: readonly Lower[] } | undefined
  /** `layers`: what the folder has, the topmost first. */
  keep(folder: string, layers: readonly Lower[]): Promise<void>
  end(): Promise<void>
}

export interface RunOptions extends Waiting {
  readonly onOutput: (chunk: Buffer) => void
  /** Aborted: a supervised command is asked to end (SIGTERM, to its process group). */
  readonly polite?: AbortSignal
}

/**
 * `exited`: 128 and the signal's number for a process that was killed; `status`, of a supervised one, as wait(2) has it. `unable`: the
 * command never ran.
 */
export type Ended =
  | { readonly kind: 'exited'; readonly code: number; readonly status?: number }
  | { readonly kind: 'unable'; readonly what: string; readonly error: string }

export type Ability =
  | { readonly kind: 'able'; readonly rung: number; readonly layers: LayerForm; readonly because?: readonly string[] }
  | { readonly kind: 'unable'; readonly reasons: readonly string[] }

/**
 * `run` may be called several times at once. When it has answered, or rejected with the signal's reason, no process and no mount of it is left;
 * the folder is the caller's to remove. A builder that dies takes its processes and mounts along.
 */
export interface Sandbox {
  readonly name: string
  /** There is one id only: files are given to others by `ownerAttribute`, and a log beside `upper`. */
  readonly keepsOwners: boolean
  /** How the overlay calls its own attributes: `trusted.overlay.` or `user.overlay.`. */
  readonly overlayAttributes: string
  /** Part of the names of layers' folders: those of another form mean something else here. */
  readonly folderForm: string
  /**
   * Tried out, not guessed. `folder` is on the file system where runs will be; `image`, a small EROFS image in it; `remember`, a file for
   * what was found, which spares trying it again.
   */
  probe(folder: string, o: Waiting & { readonly image: string; readonly remember?: string }): Promise<Ability>
  run(job: SandboxJob, o: RunOptions): Promise<Ended>
  /** Extended attributes of paths below a folder; paths without any are left out. */
  attributes(folder: string, paths: readonly string[], o: Scratch): Promise<ReadonlyMap<string, ReadonlyMap<string, Buffer>>>
  /** What Node has no call for, in this order. */
  finish(folder: string, work: readonly FinishingWork[], o: Scratch): Promise<void>
}

/** `scratch`: a folder for programs while they start. */
export interface Scratch extends Waiting {
  readonly scratch: string
}

export type FinishingWork =
  | {
      readonly kind: 'device'
      readonly path: string
      readonly type: 'char' | 'block' | 'fifo'
      readonly mode: number
      readonly major: number
      readonly minor: number
    }
  | { readonly kind: 'owner'; readonly path: string; readonly uid: number; readonly gid: number }
  | { readonly kind: 'attribute'; readonly path: string; readonly name: string; readonly value: Buffer }
  | { readonly kind: 'time'; readonly path: string; readonly mtimeNs: bigint }
