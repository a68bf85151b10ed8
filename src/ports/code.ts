/** How code comes into a workspace: as a copy of a folder, or as a clone. */

import type { Diagnostic } from '../base/diagnostic.ts'
import type { Progress } from '../events/run-event.ts'
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import type { Revision } from '../pipeline/revision.ts'

export interface CloneSettings {
  /** How many commits; 0 is all. */
  readonly depth: number
  readonly tags: boolean
  /** Folders or patterns; none: everything. */
  readonly sparse: readonly string[]
  readonly submodules: 'none' | 'first' | 'recursive'
  readonly lfs: boolean
  readonly sslVerify: boolean
  /** A script that runs in the new repository before anything is fetched. */
  readonly preFetch?: string
  /** Later steps of the stage may fetch and push with the same login. */
  readonly keepLogin: boolean
  readonly debug: boolean
}

export interface Repository {
  readonly url?: string
  /** Gives the login, and the address where `url` does not. */
  readonly connector?: string
  readonly repoName?: string
  readonly projectName?: string
}

export type CodeSource =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'repository'; readonly repository: Repository; readonly revision: Revision; readonly settings: CloneSettings }

export interface CodeRequest {
  readonly source: CodeSource
  /** As steps spell it; undefined: a folder named as the repository. */
  readonly into: string | undefined
}

export interface CodePlacing {
  readonly signal: AbortSignal
  /** Text for the log of the step, lines and pieces of lines. */
  readonly say: (text: string) => void
  readonly progress: (progress: Progress) => void
  readonly note: (note: Diagnostic) => void
}

export interface PlacedCode {
  /** As steps spell it. */
  readonly folder: string
  /** Nothing is there really. */
  readonly pretended?: true
  /** Undefined: nothing was looked at. */
  readonly facts?: CodebaseFacts
}

/** Puts code into a folder of this machine. Leaves nothing of its own behind when it fails, and no process when it is aborted. */
export interface CodePlacer {
  place(request: CodeRequest, hostPath: (path: string) => string, o: CodePlacing): Promise<PlacedCode>
}
