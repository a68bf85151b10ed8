/** Brings an image to where it shall be, and opens images that are somewhere already. */
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Progress } from '../events/run-event.ts'
import type { Image, Index } from '../oci/views.ts'
import type { RegistryUse } from './registry-use.ts'

export type Destination =
  /** Existing tags are left alone under `skipExisting`. */
  | { readonly kind: 'registry'; readonly refs: readonly string[]; readonly use: RegistryUse; readonly care: RepositoryWishes; readonly skipExisting?: boolean }
  | { readonly kind: 'archive'; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: 'oci-layout'; readonly path: string; readonly names: readonly string[] }
  /** The image store of this machine, where later steps and commands find it by name; under `docker` its Docker Engine too, when one answers. */
  | { readonly kind: 'load'; readonly names: readonly string[]; readonly docker?: true }

/** What is asked for a repository before anything is pushed to it. Policies are JSON text. */
export interface RepositoryWishes {
  readonly create: boolean
  readonly scanOnPush: boolean
  readonly lifecyclePolicy?: string
  readonly accessPolicy?: string
}

/** One per reference, file or name. A registry that refuses is a result, not an exception: every target is tried. */
export type Delivered =
  | { readonly kind: 'delivered'; readonly target: string; readonly digest: string; readonly bytes: number }
  | { readonly kind: 'refused'; readonly target: string; readonly error: unknown }

export interface DeliveryOptions {
  readonly signal: AbortSignal
  /** What people should know and that is no failure. */
  readonly note?: (note: Diagnostic) => void
  readonly progress: (p: Progress) => void
}

/**
 * 1. One result per target, in the order asked for: references and names each for itself, a file or folder as one. The digest is the image's.
 * 2. What a target refuses is its result; the others are tried all the same.
 * 3. Delivered again, an image is there as before; another one under the same name takes its place.
 * 4. May run several times at once, for one place too: layouts, stores and registries keep both images, a file one whole image.
 * 5. When it is aborted it rejects with the signal's reason, and no target names a part of an image: each has what it had, or the whole.
 * 6. An image that cannot be read is nowhere delivered: that is thrown, or the result of every target.
 * 7. Progress may be told, and never goes back or beyond its total. A destination of another kind is the caller's mistake and thrown.
 */
export interface Delivery {
  deliver(image: Image | Index, to: Destination, o: DeliveryOptions): Promise<readonly Delivered[]>
}

export interface OpenedImage {
  readonly image: Image | Index
  /** Views are not to be used after it. */
  close(): Promise<void>
}

export interface ImageSource {
  /** `name` chooses among several images of an archive. */
  openArchive(path: string, o: { readonly signal: AbortSignal; readonly name?: string }): Promise<OpenedImage>
  /** An image of the store by name; throws a Problem that lists what there is. */
  openStored(name: string, o: { readonly signal: AbortSignal }): Promise<OpenedImage>
  /** An image of the store by its digest, whatever it is called; undefined when not all of it is there. It is kept as if it were new. */
  openDigest(digest: string, o: { readonly signal: AbortSignal }): Promise<OpenedImage | undefined>
}
