/** Which tags a job gives: those listed, expanded if asked, or those made from git. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import { parseTag } from '../oci/ref.ts'
import { autoTags } from './auto-tags.ts'
import { expandTag } from './expand-tags.ts'
import type { Knobs } from './knobs.ts'

export interface TagContext {
  /** Used when the settings do not say. */
  readonly commitRef?: string
  readonly defaultBranch?: string
}

/** `waits`: what git says is not known yet. */
export type TagDecision =
  | { readonly kind: 'tags'; readonly tags: Planned<readonly string[]> }
  | { readonly kind: 'skip'; readonly because: string }
  | { readonly kind: 'error'; readonly diagnostic: Diagnostic }

export function tagsOf(k: Knobs, context: TagContext): TagDecision {
  if (!k.on('autoTag')) return { kind: 'tags', tags: listedTags(k) }
  const clash = autoTagClash(k)
  if (clash !== undefined) return { kind: 'error', diagnostic: clash }
  const commitRef = k.plain('commitRef') ?? given(context.commitRef)
  const defaultBranch = k.plain('defaultBranch') ?? given(context.defaultBranch)
  const suffix = k.plain('autoTagSuffix') ?? known('')
  for (const part of [commitRef, defaultBranch, suffix]) if (part?.kind === 'deferred') return { kind: 'tags', tags: part }
  if (commitRef?.kind !== 'known' || suffix.kind !== 'known')
    return { kind: 'error', diagnostic: diagnose('JOB_AUTO_TAG_WITHOUT_GIT', {}, { at: k.at('autoTag') }) }
  return decide(k, commitRef.value, defaultBranch?.kind === 'known' ? defaultBranch.value : '', suffix.value)
}

function decide(k: Knobs, commitRef: string, defaultBranch: string, suffix: string): TagDecision {
  const auto = autoTags({ commitRef, defaultBranch }, suffix)
  if (auto.kind === 'wrong') return { kind: 'error', diagnostic: diagnose('JOB_AUTO_TAG_NO_VERSION', { ref: auto.ref }, { at: k.at('autoTag') }) }
  const from = { key: 'autoTagSuffix', which: ` (made from ${commitRef})` } as const
  if (auto.kind === 'tags') return { kind: 'tags', tags: known(checked(k, auto.tags, from)) }
  if (!k.on('failOffBranch')) return auto
  return { kind: 'error', diagnostic: diagnose('JOB_OFF_BRANCH', { because: auto.because }, { at: k.at('failOffBranch') }) }
}

/** The tags in force without auto tagging; an empty list is `latest`, as no list is. */
function listedTags(k: Knobs): Planned<readonly string[]> {
  const expand = k.on('expandTag')
  return mapPlanned(k.texts('tags'), (tags) => {
    const listed = tags.length === 0 ? ['latest'] : tags
    const given = listed.map((tag, i) => {
      const which = listed.length === 1 ? '' : ` (item ${i + 1} of the ${listed.length} tags)`
      return checked(k, expand ? expandTag(tag) : [tag], { key: 'tags', which })
    })
    return [...new Set(given.flat())]
  })
}

/** A list has one place, whichever of its items is wrong: so the message says which. */
function checked(k: Knobs, tags: readonly string[], from: { readonly key: 'tags' | 'autoTagSuffix'; readonly which: string }): readonly string[] {
  for (const tag of tags) {
    const { diagnostics } = parseTag(tag, at(k, from.key))
    k.diagnostics.push(...diagnostics.map((d) => ({ ...d, message: d.message + from.which })))
  }
  return tags
}

function autoTagClash(k: Knobs): Diagnostic | undefined {
  if (k.on('expandTag')) return diagnose('JOB_AUTO_TAG_AND_EXPAND', { auto: k.name('autoTag'), expand: k.name('expandTag') }, { at: k.at('expandTag') })
  const tags = k.texts('tags')
  const explicit = k.given('tags') && (tags.kind === 'deferred' || (tags.value.length > 0 && tags.value.join() !== 'latest'))
  return explicit ? diagnose('JOB_AUTO_TAG_AND_TAGS', { auto: k.name('autoTag'), tags: k.name('tags') }, { at: k.at('tags') }) : undefined
}

function given(text: string | undefined): Planned<string> | undefined {
  return text === undefined || text === '' ? undefined : known(text)
}

function at(k: Knobs, key: 'tags' | 'autoTagSuffix') {
  const span = k.at(key)
  return span === undefined ? {} : { at: span }
}
