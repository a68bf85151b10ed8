/** Which layers a build may reuse, from where, and where it leaves its own. */
import { diagnose } from '../base/diagnostic.ts'
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { type CacheSpec, parseCacheSpec } from './cache-spec.ts'
import type { Mode } from './image-job.ts'
import type { Knobs } from './knobs.ts'
import { absolutePath } from './paths.ts'
import { allPlanned, joinPlanned } from './planned-list.ts'
import { joinPath, prefixOf, type TargetContext } from './targets.ts'

/** `copy`: whatever places files, WORKDIR among it. */
export type CachedKind = 'run' | 'copy'

export interface CachePlan {
  /** Local layers are read and written unless the build must be anew. */
  readonly use: boolean
  readonly from: Planned<readonly CacheSpec[]>
  readonly to: Planned<readonly CacheSpec[]>
  /** Kinds of layers that other machines share. */
  readonly runLayers: boolean
  readonly copyLayers: boolean
  /** Kinds that somebody wants made in every build. */
  readonly anew: readonly CachedKind[]
  /** Absent: of any age. */
  readonly ttlHours?: number
  /** Absent: the engine's own default. */
  readonly compressed?: boolean
  readonly folder?: Planned<string>
  /** `noPushCache`: places are read only, the folder as well. */
  readonly readOnly?: true
  /** Both are set: the documents let the named repository win over `caching`. */
  readonly overCaching?: true
}

export interface CacheContext extends TargetContext {
  readonly workspace: string
  readonly mode: Mode
  readonly repository?: Planned<string>
}

export function cachePlan(
  k: Knobs,
  context: CacheContext,
  extra: { readonly from: readonly Text[]; readonly to: readonly Text[]; readonly noCache: boolean },
): CachePlan {
  const remote = remoteSpec(k, context)
  const compressed = k.decided('compressedCaching')
  const folder = k.plain('cacheDir')
  const ttlHours = k.number('cacheTtl')
  const from = [specs(k, 'cacheFrom', k.get('cacheFrom')), specs(k, 'cacheFrom', known(extra.from))]
  const to = [specs(k, 'cacheTo', k.get('cacheTo')), specs(k, 'cacheTo', known(extra.to))]
  const writes = remote !== undefined && mayWrite(k, context.mode)
  return {
    use: !(k.on('noCache') || extra.noCache),
    from: joinPlanned(remote === undefined ? from : [...from, remote]),
    to: mapPlanned(joinPlanned(writes ? [...to, remote] : to), kept),
    runLayers: k.on('cacheRunLayers'),
    copyLayers: k.decided('cacheCopyLayers') ?? true,
    anew: [...kindAnew(k, 'cacheRunLayers', 'run'), ...kindAnew(k, 'cacheCopyLayers', 'copy')],
    ...(k.on('noPushCache') && { readOnly: true }),
    ...(remote !== undefined && k.on('caching') && { overCaching: true }),
    ...(ttlHours !== undefined && { ttlHours }),
    ...(compressed !== undefined && { compressed }),
    ...(folder !== undefined && { folder: mapPlanned(folder, (path) => absolutePath(context.workspace, path)) }),
  }
}

/** What a tool leaves out by default is only not shared; what somebody switches off is not looked for on this machine either. */
function kindAnew(k: Knobs, key: 'cacheRunLayers' | 'cacheCopyLayers', kind: CachedKind): readonly CachedKind[] {
  return k.given(key) && k.decided(key) === false ? [kind] : []
}

/** "No push" means that nothing is written to a registry, unless cacheTo asks for it by name. */
function mayWrite(k: Knobs, mode: Mode): boolean {
  return mode !== 'build-only' && !k.on('noPushCache')
}

/** The repository that keeps layers: named, or `<repository>/cache` when only switched on. */
function remoteSpec(k: Knobs, context: CacheContext): Planned<readonly CacheSpec[]> | undefined {
  if (k.given('enableCache') && k.decided('enableCache') === false) return undefined
  const named = k.plain('cacheRepo')
  if (named !== undefined) {
    const prefix = k.family.variant === 'docker' && !k.on('expandRepo') ? undefined : prefixOf(k, context)
    const full = prefix === undefined ? named : mapPlanned(allPlanned(prefix, named), ([registry, name]) => qualified(registry, name))
    return mapPlanned(full, registrySpec)
  }
  if (!k.on('enableCache') || context.repository === undefined) return undefined
  return mapPlanned(context.repository, (repository) => registrySpec(`${repository}/cache`))
}

/** A cache image may lie in another registry than the image. */
function qualified(registry: string, name: string): string {
  const first = name.slice(0, Math.max(0, name.indexOf('/')))
  return first.includes('.') || first.includes(':') || first === 'localhost' ? name : joinPath(registry, name)
}

/** Every command of every stage; and a cache that cannot be written is no failure. A step may say otherwise. */
function kept(specs: readonly CacheSpec[]): readonly CacheSpec[] {
  return specs.map(({ type, attributes }) =>
    type === 'inline' ? { type, attributes } : { type, attributes: { mode: 'max', 'ignore-error': 'true', ...attributes } },
  )
}

function registrySpec(ref: string): readonly CacheSpec[] {
  return [{ type: 'registry', attributes: { ref } }]
}

function specs(k: Knobs, key: 'cacheFrom' | 'cacheTo', planned: Planned<readonly Text[]> | undefined): Planned<readonly CacheSpec[]> {
  return mapPlanned<readonly Text[], readonly CacheSpec[]>(planned ?? known([]), (texts) =>
    texts.flatMap((text) => {
      const parsed = parseCacheSpec(text, k)
      if (parsed.kind === 'spec') return [parsed.spec]
      k.diagnostics.push(diagnose('JOB_CACHE_SPEC', { field: k.name(key), reason: parsed.reason }, { at: k.at(key) }))
      return []
    }),
  )
}
