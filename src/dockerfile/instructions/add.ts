/** ADD: like COPY from the context, and URLs, git repositories and archives that are unpacked. */
import { readFlags } from '../read-flags.ts'
import type { Word } from '../word.ts'
import { type Common, common, type Request } from './request.ts'
import { readSourcesAndDest, type SourcesAndDest } from './sources-and-dest.ts'

export interface Add extends Common<'add'>, SourcesAndDest {
  readonly chown: Word | undefined
  readonly chmod: Word | undefined
  readonly link: boolean
  readonly exclude: readonly Word[]
  /** What the bytes of a URL, or the commit of a repository, must be. */
  readonly checksum: Word | undefined
  readonly keepGitDir: boolean | undefined
  /** Undefined: local archives are unpacked, remote ones are not. */
  readonly unpack: boolean | undefined
}

const flags = { chown: 'text', chmod: 'text', link: 'switch', exclude: 'list', checksum: 'text', 'keep-git-dir': 'switch', unpack: 'switch' } as const

export function readAdd(request: Request): Add | undefined {
  const { link, 'keep-git-dir': keepGitDir, ...others } = readFlags(request, flags)
  const paths = readSourcesAndDest(request)
  return paths && { ...common('add', request), ...paths, ...others, link: link ?? false, keepGitDir }
}
