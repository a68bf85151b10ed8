/** `--output`, `--push` and `--load`: where a result goes, as docker buildx spells it. */
import { problem } from '../../base/problem.ts'
import { didYouMean } from '../../text/suggest.ts'
import type { BuildOptions } from './options.ts'
import { readSpec } from './spec.ts'

/** Paths are as written; `-` is standard output. */
export type BuildOutput =
  | { readonly kind: 'archive'; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: 'layout'; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: 'registry'; readonly names: readonly string[] }
  | { readonly kind: 'store'; readonly names: readonly string[] }
  | { readonly kind: 'daemon'; readonly names: readonly string[] }
  /** The files of the last stage, in an archive or as they are. */
  | { readonly kind: 'files'; readonly form: 'tar' | 'folder'; readonly path: string }

const types = ['docker', 'oci', 'tar', 'local', 'image', 'registry'] as const
/** Known to BuildKit; what they ask for is so here or has no counterpart, and nothing of it changes what an image does. */
const others = ['compression', 'compression-level', 'force-compression', 'oci-mediatypes', 'unpack', 'store', 'buildinfo', 'rewrite-timestamp', 'context']

export function outputsOf(o: Pick<BuildOptions, 'output' | 'push' | 'load' | 'tag'>): readonly BuildOutput[] {
  const given: BuildOutput[] = o.output.flatMap((text) => parseOutput(text))
  if (o.push === true && !given.some((output) => output.kind === 'registry')) given.push({ kind: 'registry', names: [] })
  if (o.load === true) given.push({ kind: 'daemon', names: [] })
  if (o.tag.length === 0 && given.some((output) => (output.kind === 'registry' || output.kind === 'daemon') && output.names.length === 0))
    throw problem('BUILD_TAG_NEEDED', {})
  if (given.filter((output) => 'path' in output && output.path === '-').length > 1)
    throw problem('BUILD_FLAG_INVALID', { flag: '--output', text: o.output.join(' '), reason: 'only one output can go to standard output' })
  return given.length === 0 ? [{ kind: 'store', names: [] }] : given
}

/** A lone path is a folder for files; `-` a tar of them to standard output. */
export function parseOutput(text: string): readonly BuildOutput[] {
  if (text === '-') return [{ kind: 'files', form: 'tar', path: '-' }]
  if (!text.includes('=')) return [{ kind: 'files', form: 'folder', path: text }]
  const parts = readSpec('--output', text, ['type', 'dest', 'name', 'push', 'tar', ...others, ...annotationKeys(text)])
  const type = types.find((one) => one === parts.get('type'))
  const dest = parts.get('dest')
  const names = (parts.get('name') ?? '').split(',').filter((name) => name !== '')
  const needed = (): string => {
    if (dest === undefined || dest === '') throw problem('BUILD_FLAG_INVALID', { flag: '--output', text, reason: `type=${type} needs dest=` })
    return dest
  }
  switch (type) {
    case 'docker':
      return [dest === undefined ? { kind: 'daemon', names } : { kind: 'archive', path: dest, names }]
    case 'oci':
      return [parts.get('tar') === 'false' ? { kind: 'layout', path: needed(), names } : { kind: 'archive', path: dest ?? '-', names }]
    case 'tar':
      return [{ kind: 'files', form: 'tar', path: dest ?? '-' }]
    case 'local':
      return [{ kind: 'files', form: 'folder', path: needed() }]
    case 'registry':
      return [{ kind: 'registry', names }]
    case 'image':
      return parts.get('push') === 'true'
        ? [
            { kind: 'store', names },
            { kind: 'registry', names },
          ]
        : [{ kind: 'store', names }]
    case undefined:
      throw problem('BUILD_OUTPUT_UNKNOWN', { output: text }, { hint: didYouMean(parts.get('type') ?? '', types) })
  }
}

/** `annotation.KEY=VALUE` is read with the annotations. */
function annotationKeys(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|,)"?(annotation[^=]*)=/g)].map((match) => (match[1] ?? '').toLowerCase())
}
