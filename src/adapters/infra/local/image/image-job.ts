/** A step in an image, as plain data: it may be carried out by another process. And who carries such steps out. */
import type { Diagnostic } from '../../../../base/diagnostic.ts'
import type { StepImage } from '../../../../ports/infrastructure.ts'

export interface ImageJob {
  readonly image: StepImage
  /** The first whose program the image has. None: what the image itself starts. */
  readonly argvs: readonly (readonly string[])[]
  /** Over the image's own. */
  readonly env: readonly (readonly [name: string, value: string])[]
  /** Folder of this machine, and where the step finds it. */
  readonly binds: readonly { readonly source: string; readonly target: string }[]
  /** Of `binds`, those that belong to whoever the step is, for as long as it runs. */
  readonly owned: readonly string[]
  readonly cwd: string
  /** Named pipes that this process reads. */
  readonly output: { readonly out: string; readonly err: string }
  /** Names for this machine's own address. */
  readonly hosts: readonly string[]
}

/** `status` as wait(2) has it. `missing`: the image has none of the programs. `unable`: the step never ran. */
export type ImageEnd =
  | { readonly kind: 'ended'; readonly status: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unable'; readonly what: string; readonly error: string }

export interface ImageRunning {
  /** Ends everything of the step at once. */
  readonly signal: AbortSignal
  /** Asks the step to end, or stops what goes before it. */
  readonly polite: AbortSignal
  readonly note: (note: Diagnostic) => void
}

/** Of one stage. */
export interface ImageSteps {
  /** When it has answered, or rejected, no process and no mount of the step is left. */
  run(job: ImageJob, o: ImageRunning): Promise<ImageEnd>
  /** Also what belongs to users of images. */
  remove(folder: string): Promise<void>
  close(): Promise<void>
}
