/** Brings an image to where it shall be: a registry, an archive. */

import type { Progress } from '../events/run-event.ts'
import type { Image, Index } from '../oci/views.ts'

export type Destination =
  | { readonly kind: 'registry'; readonly refs: readonly string[] }
  | { readonly kind: 'archive'; readonly path: string; readonly names: readonly string[] }

/** One per reference or file. A registry that refuses is a result, not an exception: every target is tried. */
export type Delivered =
  | { readonly kind: 'delivered'; readonly ref: string; readonly digest: string; readonly bytes: number }
  | { readonly kind: 'refused'; readonly ref: string; readonly error: unknown }

export interface Delivery {
  readonly kind: Destination['kind']
  deliver(image: Image | Index, to: Destination, o: { readonly signal: AbortSignal; readonly progress: (p: Progress) => void }): Promise<readonly Delivered[]>
}

/** Opens an image that exists already: by archive path or by reference. */
export interface ImageSource {
  openArchive(path: string, o: { readonly signal: AbortSignal; readonly name?: string }): Promise<OpenedImage>
}

export interface OpenedImage {
  readonly image: Image | Index
  close(): Promise<void>
}
