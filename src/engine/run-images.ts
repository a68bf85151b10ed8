/** The images that the steps of a run have made so far: by step, by name, and by the archive they were written to. Nothing is copied. */
import { parseSourceRef, showRef, withDefaultTag } from '../oci/ref.ts'
import type { Image, Index } from '../oci/views.ts'

/** Its view is good until the run ends. */
export interface MadeImage {
  readonly step: string
  readonly stage: string
  readonly names: readonly string[]
  /** Paths as steps spell them. */
  readonly archives: readonly string[]
  readonly digest: string
  readonly image: Image | Index
}

export interface RunImages {
  /** A step that is tried again replaces what it made before. */
  add(made: MadeImage): void
  byStep(step: string): MadeImage | undefined
  /** The last one of that name. */
  byName(name: string): MadeImage | undefined
  /** The last of each stage. */
  byArchive(path: string): readonly MadeImage[]
}

export function runImages(): RunImages {
  const made = new Map<string, MadeImage>()
  const all = (): readonly MadeImage[] => [...made.values()]
  return {
    add(one) {
      made.delete(one.step)
      made.set(one.step, one)
    },
    byStep: (step) => made.get(step),
    byName: (name) => all().findLast((one) => one.names.some((other) => full(other) === full(name))),
    byArchive: (path) => [...new Map(all().flatMap((one) => (one.archives.includes(path) ? [[one.stage, one] as const] : []))).values()],
  }
}

function full(name: string): string {
  const parsed = parseSourceRef(name)
  return parsed.ok ? showRef(withDefaultTag(parsed.value)) : name
}
