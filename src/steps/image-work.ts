/** An image step's work: the job, and which tool and engine it goes to, with the reasons. */

import type { Deferred } from '../base/planned.ts'
import type { ImageJob } from '../image-job/image-job.ts'
import type { Engine, Tool } from '../settings/vocabulary.ts'

export interface ImageWork {
  readonly kind: 'image'
  /** A job whose mode is known later is decided when the step runs. */
  readonly job: ImageJob | Deferred
  readonly tool: { readonly name: Tool; readonly reasons: readonly string[] }
  readonly engine: { readonly name: Engine; readonly reasons: readonly string[] }
}
