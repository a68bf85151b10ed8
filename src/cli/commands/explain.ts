/** `slipway explain CODE`: what an error code means and what to do. */
import { type Code, type CodeEntry, codes } from '../../base/codes.ts'
import { problem } from '../../base/problem.ts'
import { didYouMean } from '../../text/suggest.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import type { World } from '../world.ts'

export async function explainCommand(word: string, world: World): Promise<ExitCode> {
  const code = word.toUpperCase().replace(/^\[|\]$/g, '')
  if (!isCode(code)) throw problem('CODE_UNKNOWN', { found: word }, { hint: didYouMean(code, Object.keys(codes)) ?? 'the codes are in docs/errors.md' })
  const entry: CodeEntry = codes[code]
  const lines = [`${code} (${entry.severity})`, '', `  ${entry.message}`, ...(entry.hint === undefined ? [] : [`  hint: ${entry.hint}`]), '', entry.explain]
  await world.stdout.write(`${lines.join('\n')}\n`)
  return exitCodes.done
}

function isCode(word: string): word is Code {
  return Object.hasOwn(codes, word)
}
