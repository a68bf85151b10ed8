/** A cache spec to the place it means: where the embedded builder looks for layers of other machines, and where it leaves its own. */
import { problem } from '../base/problem.ts'
import { parseRef } from '../oci/ref.ts'

export type CacheSource =
  /** `connector` names whose credentials are used. */
  | { readonly kind: 'registry'; readonly ref: string; readonly connector?: string }
  /** An OCI layout folder, absolute. */
  | { readonly kind: 'local'; readonly dir: string; readonly tag: string }

export type CacheTarget = (CacheSource | { readonly kind: 'inline' }) & {
  /** `min`: the layers of the image; `max`: those of all stages that were built. */
  readonly mode: 'min' | 'max'
  /** What goes wrong is a warning then. */
  readonly ignoreError: boolean
  /** With what `RUN --mount=type=cache` keeps. */
  readonly mounts?: true
}

/** `type` and the rest of a spec, secrets put in. */
export interface PlainCacheSpec {
  readonly type: string
  readonly attributes: Readonly<Record<string, string>>
}

export interface PlaceOptions {
  /** Makes a path absolute. */
  readonly resolve: (path: string) => string
  readonly connector?: string
}

/** Throws CACHE_SPEC_INVALID and CACHE_TYPE_UNKNOWN. */
export function cacheSource(spec: PlainCacheSpec, o: PlaceOptions): CacheSource {
  if (spec.type === 'inline') throw wrong(spec, 'to import what an image carries, name the image: type=registry,ref=IMAGE')
  return placeOf(spec, 'src', o) as CacheSource
}

export function cacheTarget(spec: PlainCacheSpec, o: PlaceOptions): CacheTarget {
  const { mode = 'min', 'ignore-error': ignore = 'false', mounts = 'false' } = spec.attributes
  if (mode !== 'min' && mode !== 'max') throw wrong(spec, `mode=${mode} is neither min nor max`)
  if (!/^(?:true|false|1|0)$/.test(ignore)) throw wrong(spec, `ignore-error=${ignore} is neither true nor false`)
  if (!/^(?:true|false|1|0)$/.test(mounts)) throw wrong(spec, `mounts=${mounts} is neither true nor false`)
  const place = placeOf(spec, 'dest', o)
  const withMounts = mounts === 'true' || mounts === '1'
  if (withMounts && place.kind === 'inline') throw wrong(spec, 'an image carries no cache mounts; use type=registry or type=local')
  return { ...place, mode, ignoreError: ignore === 'true' || ignore === '1', ...(withMounts && { mounts: true }) }
}

function placeOf(spec: PlainCacheSpec, folder: 'src' | 'dest', o: PlaceOptions): CacheSource | { readonly kind: 'inline' } {
  const { ref, tag = 'latest' } = spec.attributes
  switch (spec.type) {
    case 'registry': {
      if (ref === undefined || ref === '') throw wrong(spec, 'it needs ref=IMAGE')
      const parsed = parseRef(ref)
      if (!parsed.ok) throw wrong(spec, parsed.diagnostics[0]?.message ?? `${ref} is no reference`)
      return { kind: 'registry', ref, ...(o.connector !== undefined && { connector: o.connector }) }
    }
    case 'local': {
      const dir = spec.attributes[folder]
      if (dir === undefined || dir === '') throw wrong(spec, `it needs ${folder}=FOLDER`)
      return { kind: 'local', dir: o.resolve(dir), tag }
    }
    case 'inline':
      return { kind: 'inline' }
    default:
      throw problem('CACHE_TYPE_UNKNOWN', { type: spec.type })
  }
}

function wrong(spec: PlainCacheSpec, reason: string) {
  return problem('CACHE_SPEC_INVALID', { type: spec.type, reason })
}
