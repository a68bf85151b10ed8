/** The pipeline files that the server was given. */
import type { Diagnostic } from '../base/diagnostic.ts'

export interface ShelvedPipeline {
  /** Of the file: stays the same as long as the file has its place. */
  readonly id: string
  /** As it was named when the server was started. */
  readonly file: string
  /** What runs are counted for; undefined where the file cannot be read as a pipeline. */
  readonly pipeline?: string
  readonly identifier?: string
  readonly name?: string
  readonly description?: string
  readonly stages: readonly { readonly identifier: string; readonly name: string }[]
  readonly problems: readonly Diagnostic[]
}

export interface FormInput {
  /** Where the value stands in the file. */
  readonly path: string
  /** String, Number or Secret, where it is the value of a variable. The value of a Secret is the name of a secret. */
  readonly type?: string
  readonly default?: string
  /** One of these. */
  readonly oneOf?: readonly string[]
  /** Some of these, with commas between them. */
  readonly someOf?: readonly string[]
  readonly pattern?: string
}

/** What has to be said, and may be said, to start a pipeline. */
export interface PipelineForm {
  readonly inputs: readonly FormInput[]
  readonly variables: readonly { readonly name: string; readonly type: string; readonly value?: string }[]
  readonly stages: readonly { readonly identifier: string; readonly name: string }[]
  /** Branches of the work tree; none where the code comes from elsewhere. */
  readonly branches: readonly string[]
  readonly branch?: string
  /** Secrets that the file names, and whether this machine has a value for them. Never a value. */
  readonly secrets: readonly { readonly name: string; readonly known: boolean }[]
}

export interface PipelineShelf {
  list(): Promise<readonly ShelvedPipeline[]>
  /** Undefined when there is none of this id. */
  form(id: string): Promise<PipelineForm | undefined>
}
