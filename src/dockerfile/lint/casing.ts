/** Keywords in one case, upper or lower, throughout the file: the majority decides. */
import { diagnose } from '../../base/diagnostic.ts'
import type { Dockerfile } from '../parse.ts'
import type { Word } from '../word.ts'
import type { LintRule } from './rule.ts'

export const consistentInstructionCasing: LintRule = {
  name: 'ConsistentInstructionCasing',
  check: ({ file }) => {
    const keywords = keywordsOf(file)
    const lower = keywords.filter(({ text }) => text === text.toLowerCase()).length
    const upper = keywords.filter(({ text }) => text === text.toUpperCase()).length
    const casing = lower > upper ? 'lower case' : 'upper case'
    const wanted = (text: string): string => (lower > upper ? text.toLowerCase() : text.toUpperCase())
    return keywords
      .filter(({ text }) => text !== wanted(text))
      .map(({ text, at }) => diagnose('LINT_CONSISTENT_INSTRUCTION_CASING', { instruction: text, casing }, { at }))
  },
}

function keywordsOf(file: Dockerfile): readonly Word[] {
  return file.stages.flatMap((stage) => [stage.from.keyword, ...stage.instructions.map((instruction) => instruction.keyword)])
}
