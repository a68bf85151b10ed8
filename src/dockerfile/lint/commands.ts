/** CMD, ENTRYPOINT and HEALTHCHECK: JSON form, and only the last of a stage counts. Also MAINTAINER, which is long gone. */
import { diagnose } from '../../base/diagnostic.ts'
import type { Stage } from '../parse.ts'
import type { LintFacts, LintRule } from './rule.ts'

export const jsonArgsRecommended: LintRule = {
  name: 'JSONArgsRecommended',
  check: (facts) =>
    facts.file.stages.flatMap((stage) => {
      let shell = inheritsShell(facts, stage)
      return stage.instructions.flatMap((instruction) => {
        if (instruction.kind === 'shell') shell = true
        const shellForm = (instruction.kind === 'cmd' || instruction.kind === 'entrypoint') && instruction.command.kind === 'shell' && !shell
        return shellForm ? diagnose('LINT_JSON_ARGS_RECOMMENDED', { instruction: instruction.keyword.text }, { at: instruction.at }) : []
      })
    }),
}

/** Whoever sets SHELL means the shell form. */
function inheritsShell({ file, graph }: LintFacts, stage: Stage): boolean {
  const base = graph.nodes[stage.index]?.base
  const parent = base?.kind === 'stage' ? file.stages[base.index] : undefined
  return parent !== undefined && (parent.instructions.some((one) => one.kind === 'shell') || inheritsShell({ file, graph } as LintFacts, parent))
}

export const multipleInstructionsDisallowed: LintRule = {
  name: 'MultipleInstructionsDisallowed',
  check: ({ file }) =>
    file.stages.flatMap((stage) =>
      (['cmd', 'entrypoint', 'healthcheck'] as const).flatMap((kind) => {
        const all = stage.instructions.filter((instruction) => instruction.kind === kind)
        return all.slice(0, -1).map(({ keyword, at }) => diagnose('LINT_MULTIPLE_INSTRUCTIONS', { instruction: keyword.text }, { at }))
      }),
    ),
}

export const maintainerDeprecated: LintRule = {
  name: 'MaintainerDeprecated',
  check: ({ file }) =>
    file.stages.flatMap((stage) =>
      stage.instructions.flatMap(({ kind, at }) => (kind === 'maintainer' ? diagnose('LINT_MAINTAINER_DEPRECATED', {}, { at }) : [])),
    ),
}
