/** FROM: arguments it cannot see, defaults that make no image name, platforms that say too much or too little. */
import { diagnose } from '../../base/diagnostic.ts'
import { didYouMean } from '../../text/suggest.ts'
import { isImageName } from '../image-name.ts'
import { globalScope } from '../scope.ts'
import type { Word } from '../word.ts'
import { expandWord } from '../words.ts'
import type { LintFacts, LintRule } from './rule.ts'

function expandedIn(facts: LintFacts, word: Word, scope: ReadonlyMap<string, string>) {
  return expandWord(word.text, { escape: facts.file.directives.escape, lookup: (name) => scope.get(name) })
}

export const undefinedArgInFrom: LintRule = {
  name: 'UndefinedArgInFrom',
  check: (facts) => {
    const declared = new Set([...facts.graph.scope.keys(), ...facts.file.globalArgs.flatMap((arg) => arg.args.map(({ name }) => name.text))])
    const words = facts.file.stages.flatMap(({ from }) => (from.platform === undefined ? [from.base] : [from.base, from.platform]))
    return words.flatMap((word) => {
      const result = expandedIn(facts, word, facts.graph.scope)
      const unknown = result.ok ? [...result.unset].filter((name) => !declared.has(name)) : []
      return unknown.map((name) => diagnose('LINT_UNDEFINED_ARG_IN_FROM', { name }, { at: word.at, hint: didYouMean(name, declared) }))
    })
  },
}

export const invalidDefaultArgInFrom: LintRule = {
  name: 'InvalidDefaultArgInFrom',
  check: (facts) => {
    const defaults = globalScope(facts.file, { ...facts.options, args: new Map() }, () => undefined)
    return facts.file.stages.flatMap(({ from: { base } }) => {
      const result = expandedIn(facts, base, defaults)
      return result.ok && !isImageName(result.text) ? diagnose('LINT_INVALID_DEFAULT_ARG_IN_FROM', { base: base.text }, { at: base.at }) : []
    })
  },
}

export const redundantTargetPlatform: LintRule = {
  name: 'RedundantTargetPlatform',
  check: (facts) =>
    facts.file.stages.flatMap(({ from: { platform } }) => {
      const result = platform && expandedIn(facts, platform, facts.graph.scope)
      if (platform === undefined || !result?.ok) return []
      const only = result.used.size === 1 && result.used.has('TARGETPLATFORM') && result.unset.size === 0
      const same = result.text === facts.graph.scope.get('TARGETPLATFORM')
      return only && same ? diagnose('LINT_REDUNDANT_TARGET_PLATFORM', { platform: platform.text }, { at: platform.at }) : []
    }),
}

/** A constant is fine where the stage's name says so, as in `FROM --platform=linux/arm64 alpine AS build-arm64`. */
export const fromPlatformFlagConstDisallowed: LintRule = {
  name: 'FromPlatformFlagConstDisallowed',
  check: (facts) =>
    facts.file.stages.flatMap(({ name, from: { platform } }) => {
      const result = platform && expandedIn(facts, platform, facts.graph.scope)
      if (platform === undefined || !result?.ok || result.used.size > 0 || result.unset.size > 0) return []
      const named = result.text
        .split('/')
        .slice(0, 2)
        .some((part) => part !== '' && (name ?? '').includes(part))
      return named ? [] : diagnose('LINT_FROM_PLATFORM_CONST', { platform: result.text }, { at: platform.at })
    }),
}
