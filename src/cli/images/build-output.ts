/** `--output type=docker,dest=FILE` and its kin, as docker buildx spells them. */
import { problem } from '../../base/problem.ts'

export type BuildOutput =
  | { readonly kind: 'archive'; readonly path: string }
  | { readonly kind: 'layout'; readonly path: string }
  | { readonly kind: 'registry' }
  | { readonly kind: 'store' }

/** `tar=false` with `type=oci` asks for a folder. */
export function parseOutput(text: string): BuildOutput {
  const parts = new Map(text.split(',').map((part) => [part.split('=')[0]?.trim() ?? '', part.slice(part.indexOf('=') + 1)]))
  const type = parts.get('type')
  const dest = parts.get('dest')
  if ((type === 'docker' || type === 'oci') && dest !== undefined)
    return parts.get('tar') === 'false' ? { kind: 'layout', path: dest } : { kind: 'archive', path: dest }
  if (type === 'docker' || (type === 'image' && parts.get('push') !== 'true')) return { kind: 'store' }
  if (type === 'registry' || type === 'image') return { kind: 'registry' }
  throw problem('BUILD_OUTPUT_UNKNOWN', { output: text })
}
