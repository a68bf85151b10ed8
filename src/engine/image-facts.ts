/** What a step tells of its image. */
import type { Image, Index } from '../oci/views.ts'
import { weigh } from '../oci/weigh.ts'

export interface ImageFacts {
  readonly digest: string
  readonly bytes: number
  readonly layers: number
}

export async function imageFacts(view: Image | Index): Promise<ImageFacts> {
  return { digest: await view.digest(), ...(await weigh(view)) }
}
