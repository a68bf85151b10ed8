/** Raw buildx options to the parts of a job they mean; an unknown one is an error that names it. */
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import { isSecretText, showText, type Text } from '../../base/secret-text.ts'
import type { Span } from '../../base/span.ts'
import { flagWords } from '../../settings/codec.ts'
import type { Engine } from '../../settings/vocabulary.ts'
import { didYouMean } from '../../text/suggest.ts'
import type { Knobs } from '../knobs.ts'
import { buildxFlags, type Meaning } from './flags.ts'
import { type GivenOption, readOptionItems, splitCommaOptions } from './split.ts'

type ListName = Extract<Meaning, { kind: 'list' }>['into']
type OneName = Extract<Meaning, { kind: 'one' }>['into']
type SwitchName = Extract<Meaning, { kind: 'switch' }>['into']

export interface BuildxOptions {
  readonly lists: { readonly [N in ListName]?: readonly Text[] }
  readonly ones: { readonly [N in OneName]?: Text }
  readonly switches: { readonly [N in SwitchName]?: boolean }
  /** Whole options for the tool itself: `--shm-size=1g`. */
  readonly passed: readonly string[]
}

export const noOptions: BuildxOptions = { lists: {}, ones: {}, switches: {}, passed: [] }

/** Both variables; what is not known yet gives nothing now and is read again before the step runs. */
export function buildxOptionsOf(k: Knobs, engine?: Engine): BuildxOptions {
  const comma = k.decided('buildxOptions')
  const semicolon = k.decided('buildxOptionsSemicolon')
  const given = [...(comma === undefined ? [] : splitCommaOptions(comma)), ...(semicolon === undefined ? [] : readOptionItems(semicolon))]
  const at = k.at(semicolon === undefined ? 'buildxOptions' : 'buildxOptionsSemicolon')
  const read = readBuildxOptions(given, { at, engine })
  k.diagnostics.push(...read.diagnostics)
  return read.options
}

export function readBuildxOptions(
  given: readonly GivenOption[],
  { at, engine }: { readonly at?: Span | undefined; readonly engine?: Engine | undefined } = {},
): { readonly options: BuildxOptions; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  let options = noOptions
  for (const option of given) {
    const flag = Object.hasOwn(buildxFlags, option.name) ? buildxFlags[option.name] : undefined
    if (flag === undefined) {
      const hint = didYouMean(option.name, Object.keys(buildxFlags))
      diagnostics.push(diagnose('JOB_OPTION_UNKNOWN', { option: option.name.slice(0, 80) }, { at, hint }))
    } else if (flag.takes === 'value' && option.value === undefined)
      diagnostics.push(diagnose('JOB_OPTION_VALUE', { option: option.name, reason: 'its value is missing' }, { at }))
    else {
      const next = added(options, option, flag.meaning)
      if (typeof next === 'string') diagnostics.push(diagnose('JOB_OPTION_VALUE', { option: option.name, reason: next }, { at }))
      else if (flag.meaning.kind === 'ignored' || (flag.meaning.kind === 'tool' && engine !== 'buildx'))
        diagnostics.push(diagnose('JOB_OPTION_NO_EFFECT', { option: option.name, because: flag.meaning.because }, { at }))
      else options = next
    }
  }
  return { options, diagnostics }
}

/** A reason instead, when the value does not fit. */
function added(options: BuildxOptions, option: GivenOption, meaning: Meaning): BuildxOptions | string {
  if (meaning.kind === 'list') {
    const before = options.lists[meaning.into] ?? []
    return { ...options, lists: { ...options.lists, [meaning.into]: [...before, option.value ?? ''] } }
  }
  if (meaning.kind === 'one') return { ...options, ones: { ...options.ones, [meaning.into]: option.value ?? 'true' } }
  if (meaning.kind === 'ignored') return options
  if (meaning.kind === 'tool') {
    const value = option.value ?? ''
    return isSecretText(value) ? 'a secret in it would be readable in the process list' : { ...options, passed: [...options.passed, `${option.name}=${value}`] }
  }
  const value = option.value === undefined ? true : flagWords[showText(option.value)]
  return value === undefined ? 'it takes true or false' : { ...options, switches: { ...options.switches, [meaning.into]: value } }
}
