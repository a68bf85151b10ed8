/** COPY and ADD to an op: variables expanded, the source tree found, and what is not yet possible said at its place. */
import { diagnose } from '../../base/diagnostic.ts'
import { shownAddress } from '../../dockerfile/git-source.ts'
import { heredocText } from '../../dockerfile/heredoc.ts'
import type { Add } from '../../dockerfile/instructions/add.ts'
import type { Copy } from '../../dockerfile/instructions/copy.ts'
import type { InlineFile } from '../../dockerfile/instructions/sources-and-dest.ts'
import { findSource } from '../../dockerfile/stages.ts'
import type { Word } from '../../dockerfile/word.ts'
import { expandWord } from '../../dockerfile/words.ts'
import { destination } from './folders.ts'
import type { CopyFrom, CopyOp, CopySource } from './op.ts'
import { remoteSource } from './remote.ts'
import { expanded, type StageState } from './stage-state.ts'

export function lowerCopy(state: StageState, copy: Copy): void {
  const from = copy.from === undefined ? ({ kind: 'context' } as const) : fromOf(state, copy.from)
  if (from !== undefined) state.ops.push(copyOp(state, copy, { instruction: 'COPY', from, parents: copy.parents, unpack: false, unpackRemote: false }))
}

export function lowerAdd(state: StageState, add: Add): void {
  const unpacking = { unpack: add.unpack ?? true, unpackRemote: add.unpack ?? false }
  const op = copyOp(state, add, { instruction: 'ADD', from: { kind: 'context' }, parents: false, ...unpacking })
  const local = op.sources.find((source) => source.remote === undefined)
  if (add.checksum !== undefined && (local !== undefined || op.sources.length !== 1))
    state.report(diagnose('BUILD_CHECKSUM_MISPLACED', {}, { at: add.checksum.at }))
  state.ops.push(op)
}

function fromOf(state: StageState, word: Word): CopyFrom | undefined {
  const context = state.context(word.text)
  if (context !== undefined) return { kind: 'image', name: context }
  const source = findSource(state.file, word, state.index, state.report)
  return source?.kind === 'other' ? { kind: 'image', name: source.name } : source
}

function sourceOf(state: StageState, copy: Copy | Add, word: Word): CopySource {
  const path = expanded(state, word)
  const remote = copy.kind === 'add' ? remoteSource(state, copy, path) : undefined
  return remote === undefined ? { path, at: word.at } : { path: shownAddress(path), at: word.at, remote }
}

type Particular = Pick<CopyOp, 'instruction' | 'from' | 'parents' | 'unpack' | 'unpackRemote'>

function copyOp(state: StageState, copy: Copy | Add, particular: Particular): CopyOp {
  const sources = copy.sources.map((word) => sourceOf(state, copy, word))
  const inline = copy.inline.map((doc) => ({ name: doc.name, text: inlineText(state, doc) }))
  const dest = expanded(state, copy.dest)
  const owner = copy.chown && expanded(state, copy.chown)
  const mode = copy.chmod && expanded(state, copy.chmod)
  const flags = [...(particular.parents ? ['--parents'] : []), ...(owner ? [`--chown=${owner}`] : []), ...(mode ? [`--chmod=${mode}`] : [])]
  const names = [...sources.map((source) => source.path), ...inline.map((doc) => `<<${doc.name}`)]
  return {
    kind: 'copy',
    ...particular,
    at: copy.at,
    createdBy: `${[particular.instruction, ...flags, ...names, dest].join(' ')} # buildkit`,
    sources,
    inline,
    dest: destination(state, dest),
    ...(owner && { owner }),
    ...(mode && { mode }),
    link: copy.link,
    exclude: copy.exclude.map((word) => ({ text: expanded(state, word), at: word.at })),
  }
}

/** Quotes are text in a here-document, and its escape character is always the backslash. */
function inlineText(state: StageState, doc: InlineFile): string {
  const text = heredocText(doc)
  if (!doc.expand) return text
  const result = expandWord(text, { escape: '\\', plainQuotes: true, lookup: (name) => state.variables.get(name) })
  if (result.ok) return result.text
  state.report(diagnose('DOCKERFILE_EXPANSION_FAILED', { word: `<<${doc.name}`, reason: result.reason }, { at: doc.at }))
  return text
}
