/** The inputs of a COPY, ADD or WORKDIR in words, for explanations; its files are compared one by one. */
import { canonicalJson } from '../base/json.ts'
import type { Facts } from './cache/story.ts'
import type { CopyOp, FolderOp } from './lower/op.ts'

export function copyFacts(op: CopyOp | FolderOp): Facts {
  if (op.kind === 'folder') return new Map([['the instruction', op.path]])
  const { instruction, sources, inline, dest, owner, mode, link, parents, exclude, unpack } = op
  const paths = [sources.map(({ path }) => path), exclude.map(({ text }) => text)]
  return new Map([['the instruction', canonicalJson([instruction, op.from.kind, inline, dest, owner, mode, link, parents, unpack, ...paths])]])
}
