/** What docker buildx said when it failed, as a Problem with the place that it named. */
import { type Problem, problem } from '../../../base/problem.ts'
import { sourceFile } from '../../../text/source-file.ts'

/** `lines`: what stood on its error output beside the progress. */
export function toolFailure(lines: readonly string[], dockerfile?: { readonly name: string; readonly text: string }): Problem {
  const last = lines.findLast((line) => /^ERROR: /.test(line)) ?? lines.findLast((line) => line.trim() !== '') ?? 'docker buildx ended without a word'
  const reason = last.replace(/^ERROR: /, '').replace(/^(?:failed to build: |failed to solve: |failed to compute cache key: )+/, '')
  return problem('BUILDX_FAILED', { reason }, { at: dockerfile === undefined ? undefined : placeOf(lines, dockerfile) })
}

/** The name under which the tool gets the file. */
const given = 'Dockerfile'

/** `Dockerfile:3` before an excerpt between rulers. */
function placeOf(lines: readonly string[], { name, text }: { readonly name: string; readonly text: string }) {
  const at = lines.findIndex((line, i) => line.startsWith(`${given}:`) && /^-{5,}$/.test(lines[i + 1] ?? ''))
  const number = Number(lines[at]?.slice(given.length + 1))
  if (at < 0 || !Number.isInteger(number)) return undefined
  const file = sourceFile(name, text)
  const start = text
    .split('\n')
    .slice(0, number - 1)
    .reduce((sum, line) => sum + line.length + 1, 0)
  return file.span(start, start + file.line(number).length)
}
