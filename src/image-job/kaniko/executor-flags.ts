/** The executor's flags, one row each, in the order and the spelling that kaniko's plugin gives them: what of a job and its settings each one says. */
import { known, mapPlanned, type Planned } from '../../base/planned.ts'
import { joinText, type Text } from '../../base/secret-text.ts'
import type { Pair } from '../../settings/setting.ts'
import type { BuildSource } from '../build-source.ts'
import type { ImageJob, ImageOutput } from '../image-job.ts'
import type { Knobs } from '../knobs.ts'
import { absolutePath } from '../paths.ts'
import type { ExecutorArg } from './executor-args.ts'
import { pushesItself } from './pushes-itself.ts'

export interface ExecutorCall {
  readonly k: Knobs
  readonly job: ImageJob
  readonly build: BuildSource
  readonly workspace: string
  readonly args: Planned<readonly ExecutorArg[]>
}

/** `true`: the flag alone. A list: once for each. */
export type FlagValue = true | undefined | Planned<Text> | Planned<readonly Text[]>

type Row = (call: ExecutorCall) => FlagValue

/** Where the plugin has it when nobody says otherwise; the digest is always asked for. */
const usualDigestFile = '/kaniko/digest-file'

export const executorFlags = {
  dockerfile: ({ build }) => build.dockerfile,
  context: contextOf,
  destination: ({ job }) => destinations(job.outputs),
  'build-arg': ({ args }) => mapPlanned(args, (list) => list.map(({ shown }) => shown)),
  label: ({ build }) => mapPlanned(build.labels, pairTexts),
  'registry-mirror': ({ job }) => job.transport.mirrors,
  target: ({ build }) => build.target,
  'skip-tls-verify': ({ job }) => said(job.transport.skipVerify.push || everyHost(job.transport.skipVerify.hosts)),
  'snapshot-mode': ({ k }) => k.plain('snapshotMode'),
  cache: ({ k, build }) => said(cached(k, build)),
  'cache-repo': ({ k, build }) => (cached(k, build) ? cacheRepo(build) : undefined),
  'cache-ttl': ({ k, build }) => (k.given('cacheTtl') && build.cache.ttlHours !== undefined ? known(`${build.cache.ttlHours}h`) : undefined),
  'digest-file': ({ job }) => job.reports.digestFile ?? known(usualDigestFile),
  'no-push': ({ job }) => when(!pushesItself(job)),
  verbosity: ({ k }) => k.plain('verbosity'),
  'custom-platform': ({ build }) => mapPlanned(build.platforms, (all) => all.slice(0, 1)),
  'skip-unused-stages': ({ k }) => when(k.on('skipUnusedStages')),
  'tar-path': ({ job }) => pathOf(job.outputs, 'archive'),
  'cache-dir': ({ build }) => build.cache.folder,
  'cache-copy-layers': ({ k }) => when(k.decided('cacheCopyLayers') === true),
  'cache-run-layers': ({ k }) => decided(k, 'cacheRunLayers'),
  cleanup: ({ k }) => said(k.on('cleanup')),
  'compressed-caching': ({ k }) => decided(k, 'compressedCaching'),
  'context-sub-path': ({ k }) => k.plain('contextSubPath'),
  force: ({ k }) => when(k.on('force')),
  git: ({ k }) => k.plain('git'),
  'image-name-with-digest-file': ({ job }) => job.reports.nameDigestFile,
  'image-name-tag-with-digest-file': ({ job }) => job.reports.nameTagDigestFile,
  insecure: ({ job }) => when(job.transport.plainHttp.push),
  'insecure-pull': ({ job }) => when(job.transport.plainHttp.pull),
  'insecure-registry': ({ job }) => job.transport.plainHttp.hosts,
  'log-format': ({ k }) => k.plain('logFormat'),
  'log-timestamp': ({ k }) => when(k.on('logTimestamp')),
  'oci-layout-path': ({ job }) => pathOf(job.outputs, 'oci-layout'),
  'push-retry': ({ job }) => tries(job.pushRetries),
  'registry-certificate': ({ job }) => mapPlanned(job.transport.certificates, pairTexts),
  'registry-client-cert': ({ job }) => mapPlanned(job.transport.clientCertificates, pairTexts),
  'skip-default-registry-fallback': ({ job }) => when(job.transport.mirrorsOnly),
  reproducible: ({ build }) => when(build.reproducible),
  'single-snapshot': ({ build }) => when(build.layers === 'one'),
  'skip-push-permission-check': ({ job }) => when(!job.repository.checkFirst),
  'skip-tls-verify-pull': ({ job }) => when(job.transport.skipVerify.pull || everyHost(job.transport.skipVerify.hosts)),
  'skip-tls-verify-registry': ({ job }) => mapPlanned(job.transport.skipVerify.hosts, (hosts) => hosts.filter((host) => host !== '*')),
  'use-new-run': ({ k }) => when(k.on('useNewRun')),
  'ignore-var-run': ({ build }) => (build.ignoreVarRun === undefined ? undefined : known(String(build.ignoreVarRun))),
  'ignore-path': ({ build }) => build.ignorePaths,
  'image-fs-extract-retry': ({ job }) => tries(job.transport.unpackRetries),
  'image-download-retry': ({ job }) => tries(job.transport.pullRetries),
  // What the plugin has no variable for.
  bucket: ({ k }) => k.plain('bucket'),
  compression: ({ k, build }) => (k.given('compression') ? known(build.compression.kind) : undefined),
  'compression-level': ({ build }) => (build.compression.level === undefined ? undefined : known(String(build.compression.level))),
  'force-build-metadata': ({ k }) => when(k.on('forceBuildMetadata')),
  'kaniko-dir': ({ k }) => k.plain('kanikoDir'),
  'no-push-cache': ({ k, job, build }) => when(cached(k, build) && (job.mode === 'build-only' || build.cache.readOnly === true)),
  'push-ignore-immutable-tag-errors': ({ job }) => when(job.tagPolicy.immutableIsFine),
  'registry-map': ({ job }) => joined(job.transport.map),
} satisfies Readonly<Record<string, Row>>

function when(on: boolean): true | undefined {
  return on ? true : undefined
}

/** The plugin writes some of its switches out. */
function said(on: boolean): Planned<Text> | undefined {
  return on ? known('true') : undefined
}

function decided(k: Knobs, key: 'cacheRunLayers' | 'compressedCaching'): Planned<Text> | undefined {
  const value = k.given(key) ? k.decided(key) : undefined
  return value === undefined ? undefined : known(String(value))
}

function tries(count: number): Planned<Text> | undefined {
  return count > 0 ? known(String(count)) : undefined
}

function everyHost(hosts: Planned<readonly string[]>): boolean {
  return hosts.kind === 'known' && hosts.value.includes('*')
}

/** A folder below the context is the executor's to find; a repository is cloned by it under its own scheme. */
function contextOf({ k, build, workspace }: ExecutorCall): Planned<Text> {
  const base = k.given('contextSubPath')
    ? mapPlanned(k.plain('context') ?? known('.'), (path) => (isRemote(path) ? path : absolutePath(workspace, path)))
    : build.context
  return mapPlanned(base, (context) => {
    if (!isRemote(context)) return `dir://${context}`
    return /^https?:.*\.git(?:#|$)/.test(context) ? context.replace(/^https?:/, 'git:') : context
  })
}

function isRemote(context: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(context)
}

/** Only what is pushed, or written into an archive, has a name. */
function destinations(outputs: readonly ImageOutput[]): Planned<readonly Text[]> | undefined {
  for (const output of outputs) {
    if (output.kind === 'registry') return output.refs
    if (output.kind === 'archive') return output.names
  }
  return undefined
}

function pathOf(outputs: readonly ImageOutput[], kind: 'archive' | 'oci-layout'): Planned<Text> | undefined {
  const found = outputs.find((output) => output.kind === kind)
  return found !== undefined && 'path' in found ? found.path : undefined
}

/** A repository for layers switches the cache on, as the field for it does in the original. */
function cached(k: Knobs, build: BuildSource): boolean {
  if (!build.cache.use || (k.given('enableCache') && k.decided('enableCache') === false)) return false
  return k.on('enableCache') || k.given('cacheRepo')
}

function cacheRepo(build: BuildSource): Planned<Text> | undefined {
  const refs = mapPlanned(build.cache.from, (specs) =>
    specs.flatMap(({ type, attributes: { ref } }) => (type === 'registry' && ref !== undefined ? [ref] : [])),
  )
  // What the settings name for all layers stands behind what is only read.
  return refs.kind === 'deferred' ? refs : refs.value.length === 0 ? undefined : known(refs.value.at(-1) ?? '')
}

function pairTexts(pairs: readonly Pair[]): readonly Text[] {
  return pairs.map(({ name, value }) => (value === undefined ? name : joinText(`${name}=`, value)))
}

function joined(pairs: Planned<readonly Pair[]>): Planned<Text> | undefined {
  if (pairs.kind === 'known' && pairs.value.length === 0) return undefined
  return mapPlanned(pairs, (all) => joinText(...pairTexts(all).flatMap((text, at) => (at === 0 ? [text] : [';', text]))))
}
