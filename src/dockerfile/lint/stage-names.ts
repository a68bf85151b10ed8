/** Names of stages: their case, the case of AS, doubles and reserved words. */
import { diagnose } from '../../base/diagnostic.ts'
import type { LintRule } from './rule.ts'

export const stageNameCasing: LintRule = {
  name: 'StageNameCasing',
  check: ({ file }) =>
    file.stages.flatMap(({ from: { name } }) =>
      name !== undefined && name.text !== name.text.toLowerCase() ? diagnose('LINT_STAGE_NAME_CASING', { name: name.text }, { at: name.at }) : [],
    ),
}

export const fromAsCasing: LintRule = {
  name: 'FromAsCasing',
  check: ({ file }) =>
    file.stages.flatMap(({ from: { keyword, as } }) => {
      const lower = keyword.text === keyword.text.toLowerCase()
      const wanted = lower ? as?.text.toLowerCase() : as?.text.toUpperCase()
      return as !== undefined && as.text !== wanted ? diagnose('LINT_FROM_AS_CASING', { as: as.text, from: keyword.text }, { at: as.at }) : []
    }),
}

export const duplicateStageName: LintRule = {
  name: 'DuplicateStageName',
  check: ({ file }) =>
    file.stages.flatMap((stage, i) => {
      const first = stage.name === undefined ? undefined : file.stages.slice(0, i).find((other) => other.name === stage.name)
      if (first?.from.name === undefined || stage.from.name === undefined) return []
      const related = [{ message: 'the first one is here', at: first.from.name.at }]
      return diagnose('LINT_DUPLICATE_STAGE_NAME', { name: stage.from.name.text }, { at: stage.from.name.at, related })
    }),
}

export const reservedStageName: LintRule = {
  name: 'ReservedStageName',
  check: ({ file }) =>
    file.stages.flatMap(({ name, from }) =>
      name === 'scratch' || name === 'context' ? diagnose('LINT_RESERVED_STAGE_NAME', { name }, { at: from.name?.at }) : [],
    ),
}
