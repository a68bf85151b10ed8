/**
 * Where steps run. Life of a stage: `check` any number of times, `open` once, `start` per step (several at once in parallel groups),
 * `close` once or more. Everything made between open and close is labelled with the run and gone after `close`,
 * which is idempotent and may be called while steps still run (it ends them first).
 */
import type { Diagnostic } from '../base/diagnostic.ts'
import type { StepExit } from '../events/outcome.ts'
import type { RunId } from '../events/run-event.ts'
import type { StagePlan } from '../plan/plan.ts'
import type { CodePlacing, CodeRequest, PlacedCode } from './code.ts'
import type { RegistryUse } from './registry-use.ts'
import type { SecretValue } from './secret-source.ts'

export type InfraName = 'local' | 'docker' | 'kubernetes' | 'fake'

export interface OutputChunk {
  readonly stream: 'out' | 'err'
  readonly bytes: Uint8Array
}

/** What a process is: a script read by a shell, or a program; without `argv` what the image itself starts. */
export type ProcessStart =
  | {
      readonly kind: 'script'
      readonly shell: string
      /** May hold secrets, so it never becomes an argument. */
      readonly script: string
    }
  | { readonly kind: 'program'; readonly argv?: readonly string[] }

export interface StepImage {
  readonly reference: string
  readonly pull: 'always' | 'if-missing' | 'never'
  /** With whose credentials it is pulled. */
  readonly registry: RegistryUse
  /** Instead of the image's own. */
  readonly user?: string
  readonly privileged: boolean
  /** At most; where steps are containers. */
  readonly limits?: { readonly memoryBytes?: number; readonly cpus?: number }
}

export interface ProcessSpec {
  /** Unique within the stage; names files and containers. */
  readonly name: string
  readonly start: ProcessStart
  readonly env: ReadonlyMap<string, string | SecretValue>
  /** Variables of the script to hand back, also when it ends early. */
  readonly outputs: readonly string[]
  /** Absent: the process runs on the infrastructure itself. */
  readonly image?: StepImage
  /** Of a service: port of the stage to port of the container, as the step says. */
  readonly ports?: Readonly<Record<string, string>>
  /** Files that it has outside of the workspace, by absolute path. Only on Kubernetes, where they go with its container. */
  readonly finds?: ReadonlyMap<string, string>
  /** Outputs that it writes into files of that kind: the path of each, by the name of the output. */
  readonly leaves?: Readonly<Record<string, string>>
  /** Name of a step that runs: where steps have containers of their own, this one goes into that one's. */
  readonly beside?: string
  /** Deadline for a polite end before the step is killed. */
  readonly graceMs: number
}

/**
 * What the process wrote to files that it is told of by variables: outputs (`DRONE_OUTPUT`, `HARNESS_OUTPUT_FILE`), outputs that are secret
 * (`HARNESS_OUTPUT_SECRET_FILE`), and variables for later steps (`DRONE_ENV`). Empty when it wrote nothing.
 */
export interface HandedBack {
  readonly outputs: string
  readonly secrets: string
  readonly env: string
}

export interface StepEnd {
  readonly exit: StepExit
  /** Only variables that the script had set. */
  readonly outputs: ReadonlyMap<string, string>
  readonly handed: HandedBack
}

export interface RunningStep {
  /** Ends when the step and all its children have closed their output. */
  readonly output: AsyncIterable<OutputChunk>
  readonly end: Promise<StepEnd>
}

/** Outside of the workspace: no other step sees it, and no build has it in its context. */
export const madeFolder = '/slipway-made'

export interface Workspace {
  /** Paths as steps spell them (`/harness/x`, `x`) to a path on this machine, for the parts that run here. Refuses to leave the workspace. */
  hostPath(path: string): string
  /** What steps wrote is where `hostPath` says once it has answered: asked before a part that runs here reads it. Absent: it always is. */
  bringHere?(o: { readonly signal: AbortSignal }): Promise<void>
  /** Whether anything accepts connections on a TCP port of the stage. */
  answers(port: number, o: { readonly signal: AbortSignal }): Promise<boolean>
  /** Brings code to where the steps of the stage see it. What it fails with says why, and nothing of it stays then. */
  placeCode(request: CodeRequest, o: CodePlacing): Promise<PlacedCode>
  /**
   * Brings here what a step has left in `madeFolder`, which its container has for itself where its plan has an executor; a later try has another one.
   * Absent: there are no such steps. `close`: nobody needs the copy any more.
   */
  takeMade?(step: string, o: { readonly signal: AbortSignal }): Promise<{ readonly folder: string; close(): Promise<void> }>
  /** Aborting ends the whole process tree: politely, then for good after `graceMs`. */
  start(step: ProcessSpec, o: { readonly signal: AbortSignal }): Promise<RunningStep>
  close(o: { readonly signal: AbortSignal }): Promise<void>
}

export interface StageOpening {
  readonly run: RunId
  readonly signal: AbortSignal
  readonly note: (note: Diagnostic) => void
}

export interface Infrastructure {
  readonly name: InfraName
  /** Cheap, no side effects. Says why not, in the user's words. */
  check(stage: StagePlan, o: { readonly signal: AbortSignal }): Promise<readonly Diagnostic[]>
  open(stage: StagePlan, o: StageOpening): Promise<Workspace>
  /**
   * What the stage of a run has left whose process is no more, and nobody else goes on with. The steps are started again as they were the first time,
   * in the same order: one that has begun does not begin again, but is heard from its first byte on, to the end that it has or will have. Undefined:
   * nothing is left. Absent: nothing ever is.
   */
  adopt?(stage: StagePlan, o: StageOpening): Promise<AdoptedWorkspace | undefined>
}

export interface AdoptedWorkspace extends Workspace {
  /** How often each step had begun, by its name. */
  readonly begun: ReadonlyMap<string, number>
}
