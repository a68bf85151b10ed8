/** What COPY and ADD have in common: sources (paths and here-documents) and a destination. */
import { diagnose } from '../../base/diagnostic.ts'
import { type Heredoc, heredocStart } from '../heredoc.ts'
import type { Word } from '../word.ts'
import { readPathList } from './path-list.ts'
import { type Request, wrongArguments } from './request.ts'

export interface SourcesAndDest {
  readonly sources: readonly Word[]
  /** Here-documents, written after the paths; `word` is the announcement. */
  readonly inline: readonly InlineFile[]
  readonly dest: Word
}

export interface InlineFile extends Heredoc {
  readonly word: Word
}

export function readSourcesAndDest(request: Request): SourcesAndDest | undefined {
  const list = readPathList(request)
  if (list === undefined) return undefined
  const dest = list.paths.at(-1)
  if (dest === undefined || list.paths.length < 2) return wrongArguments(request, 'at least one source and a destination')
  if (heredocStart(dest.text) !== undefined) {
    request.report(diagnose('DOCKERFILE_HEREDOC_MISPLACED', { instruction: request.keyword.text.toUpperCase() }, { at: dest.at }))
    return undefined
  }
  const sources: Word[] = []
  const inline: InlineFile[] = []
  for (const word of list.paths.slice(0, -1)) {
    const start = list.json ? undefined : heredocStart(word.text)
    const heredoc = request.heredocs.find((doc) => doc.name === start?.name)
    if (heredoc === undefined) sources.push(word)
    else inline.push({ ...heredoc, word })
  }
  return { sources, inline, dest }
}
