/** What a job says to the tool that builds it: caches of every kind, builders, raw options. Secrets are put in at the last moment. */
import type { BuildSource } from '../image-job/build-source.ts'
import type { PlainCacheSpec } from '../image-job/cache-place.ts'
import type { CacheSpec } from '../image-job/cache-spec.ts'
import type { BuilderWishes, ToolWishes } from '../ports/tool-wishes.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown, revealText } from './reveal.ts'

export async function toolWishes(source: BuildSource, at: WorkAt<ImageWork>): Promise<ToolWishes> {
  const builder = builderWishes(source, at)
  const { kind, level } = source.compression
  return {
    ...(builder !== undefined && { builder }),
    options: source.toolOptions ?? [],
    cacheFrom: await plainSpecs(nowKnown(source.cache.from), at),
    cacheTo: await plainSpecs(nowKnown(source.cache.to), at),
    ...(source.created.kind === 'at' && { epoch: source.created.seconds }),
    compression: { kind, ...(level !== undefined && { level }) },
    ...(source.provenance !== undefined && { provenance: source.provenance }),
    ...(source.sbom !== undefined && { sbom: source.sbom }),
  }
}

function builderWishes({ builder }: BuildSource, { state }: WorkAt<ImageWork>): BuilderWishes | undefined {
  if (builder === undefined) return undefined
  const { name, driver, driverOptions, configFile, remote, buildkitVersion } = builder
  return {
    ...(name !== undefined && { name: nowKnown(name) }),
    ...(driver !== undefined && { driver: nowKnown(driver) }),
    driverOptions: nowKnown(driverOptions),
    ...(configFile !== undefined && { configFile: state.workspace.hostPath(nowKnown(configFile)) }),
    ...(remote !== undefined && { remote: nowKnown(remote) }),
    ...(buildkitVersion !== undefined && { buildkitVersion: nowKnown(buildkitVersion) }),
  }
}

/** Folders of caches are those of the workspace. */
async function plainSpecs(specs: readonly CacheSpec[], { state, context }: WorkAt<ImageWork>): Promise<readonly PlainCacheSpec[]> {
  const plain: PlainCacheSpec[] = []
  for (const { type, attributes } of specs) {
    const values: Record<string, string> = {}
    for (const [name, value] of Object.entries(attributes)) values[name] = await revealText(value, context)
    for (const name of type === 'local' ? ['src', 'dest'] : []) if (values[name] !== undefined) values[name] = state.workspace.hostPath(values[name])
    plain.push({ type, attributes: values })
  }
  return plain
}
