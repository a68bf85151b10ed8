/** Code for the workspace, as a plan has it. */

import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import type { Revision } from '../pipeline/revision.ts'

export interface ClonePlan {
  readonly depth: Planned<number>
  readonly tags: Planned<boolean>
  readonly sparse: Planned<readonly Text[]>
  readonly submodules: Planned<'true' | 'false' | 'recursive'>
  readonly lfs: Planned<boolean>
  readonly sslVerify: Planned<boolean>
  readonly preFetch?: Planned<Text>
  readonly keepLogin: Planned<boolean>
  readonly debug: Planned<boolean>
}

export interface PlannedRepository {
  /** Wins over the connector's. */
  readonly url?: Planned<Text>
  readonly connector?: Planned<Text>
  readonly repoName?: Planned<Text>
  readonly projectName?: Planned<Text>
}

export type PlannedSource =
  /** A copy of the folder that the run has as its code. */
  | { readonly kind: 'work-tree' }
  | { readonly kind: 'repository'; readonly repository: PlannedRepository; readonly revision: Planned<Revision>; readonly settings: ClonePlan }

export interface CloneWork {
  readonly kind: 'clone'
  readonly source: PlannedSource
  /** Whether this is the code under build, of which `<+codebase.…>` speaks. */
  readonly underBuild: boolean
  /** What is known of the commit already, and is told again. */
  readonly pinned?: CodebaseFacts
  /** As steps spell it; absent: a folder named as the repository. */
  readonly into?: Planned<Text>
  /** Files whose text becomes an output. */
  readonly files: Planned<readonly Text[]>
}
