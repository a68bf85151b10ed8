/** What the manifest says about one YAML fragment of the sample documents. */

/** How a fragment becomes a complete pipeline. `none`: it is one. `steps`: a list of steps. `stage-end`: steps, then more keys of their stage. */
export type Wrapper = 'none' | 'steps' | 'stage-end' | 'stage-variables'

export interface Fragment {
  readonly id: string
  /** Rows of the inventory that say what it shall do. */
  readonly rows: readonly string[]
  readonly file: string
  /** First and last line, from 1, fences left out. */
  readonly lines: readonly [number, number]
  /** Where the YAML starts in the first line, when prose stands before it. */
  readonly from?: number
  readonly wrapper: Wrapper
  /** Where the stage of the wrapper runs; Cloud unless the document speaks about Kubernetes. */
  readonly on?: 'Cloud' | 'Kubernetes'
  /** Placeholder to value, whole words only. A value of several lines keeps the indentation of its first. */
  readonly substitutions?: Readonly<Record<string, string>>
  /** A step in front of the fragment's own, for fragments without any. */
  readonly added?: 'a build'
  /** `LINE:COLUMN CODE` in the document, after substitution; read and planned. */
  readonly expect: readonly string[]
  /** What a row asks for on top of `expect`, and nothing says yet. When it is said, the test asks to move it. */
  readonly pending?: readonly string[]
  /** The same for the text as it stands in the document, wrapped where it must be. */
  readonly raw: readonly string[]
  /** The first finding of a wrapped fragment that is read without its wrapper. */
  readonly bare?: string
}
