/** The command of RUN, CMD, ENTRYPOINT, SHELL and HEALTHCHECK: exec form (a JSON array) or shell form (a line of text). */
import { diagnose } from '../../base/diagnostic.ts'
import { readJsonForm } from '../json-form.ts'
import type { PlacedText } from '../placed-text.ts'
import type { Word } from '../word.ts'
import type { Request } from './request.ts'

export type CommandLine =
  | { readonly kind: 'exec'; readonly args: readonly Word[] }
  /** `line` is undefined when nothing stands there. */
  | { readonly kind: 'shell'; readonly line: Word | undefined }

/** Undefined after a report: an array that holds more than strings. Text that only looks like an array is a shell line. */
export function readCommandLine(request: Request, text: PlacedText): CommandLine | undefined {
  const json = readJsonForm(text)
  if (json.kind === 'words') return { kind: 'exec', args: json.words }
  if (json.kind === 'none') return { kind: 'shell', line: text.text === '' ? undefined : text.word() }
  request.report(diagnose('DOCKERFILE_JSON_NOT_STRINGS', { instruction: request.keyword.text.toUpperCase() }, { at: text.span(0, text.text.length) }))
  return undefined
}
