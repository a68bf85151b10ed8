/** Variables: names that nobody set, and names that look like secrets, which would stay in the image for all to read. */
import { diagnose } from '../../base/diagnostic.ts'
import { didYouMean } from '../../text/suggest.ts'
import { wordUses } from '../variables.ts'
import type { Word } from '../word.ts'
import type { LintRule } from './rule.ts'

export const undefinedVar: LintRule = {
  name: 'UndefinedVar',
  check: ({ file, graph, options }) =>
    wordUses(file, graph, options).flatMap(({ word, unset, known }) =>
      [...unset].map((name) => diagnose('LINT_UNDEFINED_VAR', { name }, { at: word.at, hint: didYouMean(name, known) })),
    ),
}

const secret = /(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i
const harmless = /(?:_|^)(?:public|file|version)(?:_|$)/i

export const secretsUsedInArgOrEnv: LintRule = {
  name: 'SecretsUsedInArgOrEnv',
  check: ({ file }) =>
    file.stages
      .flatMap((stage) => stage.instructions)
      .flatMap((instruction) => {
        const names: readonly Word[] =
          instruction.kind === 'arg' ? instruction.args.map(({ name }) => name) : instruction.kind === 'env' ? instruction.pairs.map(({ key }) => key) : []
        const found = names.filter(({ text }) => secret.test(text) && !harmless.test(text))
        return found.map(({ text, at }) => diagnose('LINT_SECRETS_IN_ARG_OR_ENV', { instruction: instruction.keyword.text, name: text }, { at }))
      }),
}
