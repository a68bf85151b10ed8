/** An image step's work: the job as far as it is known, and which tool and engine it goes to, with the reasons. */
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { JobPlan } from '../image-job/image-job.ts'
import type { ExecutorCommand } from '../image-job/kaniko/executor-command.ts'
import type { Engine, Tool } from '../settings/vocabulary.ts'
import type { AskedFile } from './asked-files.ts'
import type { ImageToRun } from './image-to-run.ts'
import type { RegistryWanted } from './registry-wanted.ts'

export interface ExecutorWork extends ExecutorCommand {
  readonly container: ImageToRun
}

export interface ImageWork {
  readonly kind: 'image'
  readonly plan: JobPlan
  readonly tool: { readonly name: Tool; readonly reasons: readonly string[] }
  /** `pinned`: the version that the step names, recorded with the run. */
  readonly engine: { readonly name: Engine; readonly reasons: readonly string[]; readonly pinned?: Planned<Text> }
  /** Whose credentials the push uses. */
  readonly connector?: Planned<Text>
  /** Of more registries that the step writes to or reads: caches, targets of a bake file. */
  readonly otherConnectors?: readonly Planned<Text>[]
  /** Whose credentials the base images are pulled with. */
  readonly baseConnectors?: readonly Planned<Text>[]
  /** Values that the build asks for by name, as secrets or arguments. */
  readonly variables?: Readonly<Record<string, Planned<Text>>>
  /** With the engine kaniko: how its executor is started, and in what. */
  readonly executor?: ExecutorWork
  /** Files to read before the step can be planned for good. Absent: none. */
  readonly asks?: readonly AskedFile[]
  /** A registry to find before the step can be planned for good. Absent: none. */
  readonly registryWanted?: RegistryWanted
  /** The variables that a plugin of the original would be started with. */
  readonly env: Readonly<Record<string, Planned<Text>>>
}
