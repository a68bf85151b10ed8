/** How the text is written: blank lines in the midst of an instruction, the old form of ENV and LABEL, comments that look like descriptions. */
import { diagnose } from '../../base/diagnostic.ts'
import type { Span } from '../../base/span.ts'
import type { LintRule } from './rule.ts'

export const noEmptyContinuation: LintRule = {
  name: 'NoEmptyContinuation',
  check: ({ file }) => file.lines.flatMap((line) => line.blanks.slice(0, 1).map((at) => diagnose('LINT_NO_EMPTY_CONTINUATION', {}, { at }))),
}

export const legacyKeyValueFormat: LintRule = {
  name: 'LegacyKeyValueFormat',
  check: ({ file }) =>
    file.stages.flatMap((stage) =>
      stage.instructions.flatMap((instruction) => {
        const legacy = (instruction.kind === 'env' || instruction.kind === 'label') && instruction.pairs.some((pair) => pair.legacy)
        return legacy ? diagnose('LINT_LEGACY_KEY_VALUE_FORMAT', { instruction: instruction.keyword.text }, { at: instruction.at }) : []
      }),
    ),
}

export const invalidDefinitionDescription: LintRule = {
  name: 'InvalidDefinitionDescription',
  experimental: true,
  check: ({ file }) => {
    const stages = file.stages.map(({ from }) => ({ at: from.at, comments: from.comments, names: from.name === undefined ? [] : [from.name.text] }))
    const args = [...file.globalArgs, ...file.stages.flatMap((stage) => stage.instructions)].flatMap((one) =>
      one.kind === 'arg' ? { at: one.at, comments: one.comments, names: one.args.map(({ name }) => name.text) } : [],
    )
    return [...stages, ...args].filter(describesNothing).map(({ at }) => diagnose('LINT_INVALID_DEFINITION_DESCRIPTION', {}, { at }))
  },
}

interface Definition {
  readonly at: Span
  readonly comments: readonly string[]
  readonly names: readonly string[]
}

function describesNothing({ comments, names }: Definition): boolean {
  const last = comments.at(-1)
  if (last === undefined || last === '' || names.length === 0) return false
  return !/^\w+\s*=/.test(last) && !names.some((name) => comments.some((comment) => comment.startsWith(`${name} `)))
}
