/** COPY: files from the context, another stage or another image. */
import { readFlags } from '../read-flags.ts'
import type { Word } from '../word.ts'
import { type Common, common, type Request } from './request.ts'
import { readSourcesAndDest, type SourcesAndDest } from './sources-and-dest.ts'

export interface Copy extends Common<'copy'>, SourcesAndDest {
  /** A stage by name or number, a named context, or an image. */
  readonly from: Word | undefined
  readonly chown: Word | undefined
  readonly chmod: Word | undefined
  readonly link: boolean
  readonly parents: boolean
  readonly exclude: readonly Word[]
}

const flags = { from: 'text', chown: 'text', chmod: 'text', link: 'switch', parents: 'switch', exclude: 'list' } as const

export function readCopy(request: Request): Copy | undefined {
  const { link, parents, ...texts } = readFlags(request, flags)
  const paths = readSourcesAndDest(request)
  return paths && { ...common('copy', request), ...paths, ...texts, link: link ?? false, parents: parents ?? false }
}
