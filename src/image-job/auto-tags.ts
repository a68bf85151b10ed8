/** Tags made from the git reference: versions from tags, `latest` from the default branch, nothing from other branches. */
import { parseVersion } from './semver.ts'

export interface GitFacts {
  /** refs/heads/main, refs/tags/v1.2.3. */
  readonly commitRef: string
  readonly defaultBranch: string
}

export type AutoTags =
  | { readonly kind: 'tags'; readonly tags: readonly string[] }
  | { readonly kind: 'skip'; readonly because: string }
  | { readonly kind: 'wrong'; readonly ref: string }

export function autoTags(git: GitFacts, suffix = ''): AutoTags {
  const { commitRef: ref, defaultBranch } = git
  if (ref.startsWith('refs/tags/')) {
    const tags = versionTags(ref.slice('refs/tags/'.length).replace(/^v/, ''))
    return tags === undefined ? { kind: 'wrong', ref } : { kind: 'tags', tags: tags.map((tag) => withSuffix(tag, suffix)) }
  }
  if (ref.replace(/^refs\/heads\//, '') === defaultBranch) return { kind: 'tags', tags: [withSuffix('latest', suffix)] }
  return { kind: 'skip', because: `${ref} is neither a tag nor the default branch ${defaultBranch}` }
}

/** A major of 0 promises nothing, so it gets no tag of its own. */
function versionTags(text: string): readonly string[] | undefined {
  const version = parseVersion(text)
  if (version === undefined) return undefined
  const { major, minor = '0', patch = '0', pre, build } = version
  const full = `${major}.${minor}.${patch}`
  if (pre !== undefined || build !== undefined) return [text.replaceAll('+', '_')]
  return /^0+$/.test(major) ? [`${major}.${minor}`, full] : [major, `${major}.${minor}`, full]
}

function withSuffix(tag: string, suffix: string): string {
  if (suffix === '') return tag
  return tag === 'latest' ? suffix : `${tag}-${suffix}`
}
