/** Settings to the build of a job. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import { isSecretText, showText, type Text } from '../base/secret-text.ts'
import { parsePlatform, showPlatform } from '../oci/platform.ts'
import { marked } from '../settings/marks.ts'
import type { Pair } from '../settings/setting.ts'
import type { Engine } from '../settings/vocabulary.ts'
import { argOf, buildArgs } from './build-args.ts'
import { buildSecrets, parseSecretSpec, parseSshSpec, sshKeys } from './build-secrets.ts'
import type { BuildSecret, BuildSource, Created, Network } from './build-source.ts'
import { builderPlan } from './builder-plan.ts'
import type { BuildxOptions } from './buildx-options/read.ts'
import { type CacheContext, cachePlan } from './cache-plan.ts'
import type { Knobs } from './knobs.ts'
import { type LabelContext, labelsOf } from './labels.ts'
import { absolutePath } from './paths.ts'
import { joinPlanned } from './planned-list.ts'

export interface BuildContext extends CacheContext, LabelContext {
  readonly options: BuildxOptions
  /** What will build, where that is decided. */
  readonly engine?: Engine
}

export function makeBuild(k: Knobs, context: BuildContext): BuildSource {
  const { options, workspace } = context
  const { lists, ones, switches } = options
  const pairs = (texts: readonly Text[] | undefined): readonly Pair[] => (texts ?? []).map(pairOf)
  const created = createdOf(k)
  const bake = k.plain('bakeFile')
  const ignoreVarRun = k.decided('ignoreVarRun')
  return {
    kind: 'build',
    ...places(k, context),
    platforms: platforms(k, lists.platform ?? []),
    args: buildArgs(k, pairs(lists.arg).map(argOf)),
    secrets: buildSecrets(k, workspace, secretOptions(k, lists.secret ?? [], workspace)),
    ssh: sshKeys(
      k,
      workspace,
      (lists.ssh ?? []).map((spec) => parseSshSpec(spec, workspace)),
    ),
    labels: labelsOf(k, context, pairs(lists.label)),
    createdLabel: k.on('autoLabel'),
    created,
    reproducible: k.on('reproducible'),
    cache: cachePlan(k, context, { from: lists.cacheFrom ?? [], to: lists.cacheTo ?? [], noCache: switches.noCache ?? false }),
    network: networkOf(k, options),
    pull: switches.pull ?? k.on('pullImage'),
    layers: k.on('singleSnapshot') ? 'one' : k.on('squash') ? 'one-on-top' : 'each',
    ignorePaths: joinPlanned([k.texts('ignorePath'), k.texts('ignorePaths')]),
    ...(ignoreVarRun !== undefined && { ignoreVarRun }),
    compression: compressionOf(k, context.engine),
    ...(ones.provenance !== undefined && { provenance: showText(ones.provenance) }),
    ...(ones.sbom !== undefined && { sbom: showText(ones.sbom) }),
    ...(options.passed.length > 0 && { toolOptions: options.passed }),
    ...builderPlan(k, context),
    quiet: k.on('quiet') || (switches.quiet ?? false) || onlyFailures(k),
    ...(bake !== undefined && { bake: { file: mapPlanned(bake, (path) => absolutePath(workspace, path)), options: k.texts('bakeOptions') } }),
  }
}

type Places = Pick<BuildSource, 'context' | 'dockerfile'> & { readonly target?: Planned<string> }

/** The Dockerfile's path starts at the workspace, not at the context, as both plugins have it. */
function places(k: Knobs, { workspace, options }: BuildContext): Places {
  const sub = k.plain('contextSubPath')
  const base = k.plain('context') ?? known('.')
  const joined = sub?.kind === 'known' ? mapPlanned(base, (path) => `${path}/${sub.value}`) : (sub ?? base)
  const file = options.ones.file === undefined ? (k.plain('dockerfile') ?? known('Dockerfile')) : known(showText(options.ones.file))
  const target = options.ones.target === undefined ? k.plain('target') : known(showText(options.ones.target))
  return {
    context: mapPlanned(joined, (path) => (isRemote(path) ? path : absolutePath(workspace, path))),
    dockerfile: mapPlanned(file, (path) => absolutePath(workspace, path)),
    ...(target !== undefined && { target }),
  }
}

function isRemote(path: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|git@)/i.test(path)
}

function platforms(k: Knobs, extra: readonly Text[]): Planned<readonly string[]> {
  const more = extra.flatMap((text) => showText(text).split(','))
  return mapPlanned(joinPlanned([k.texts('platforms'), known(more)]), (all) => {
    const read = all.map((text) => parsePlatform(text, spanOf(k, 'platforms')))
    k.diagnostics.push(...read.flatMap((platform) => platform.diagnostics))
    return [...new Set(read.flatMap((platform) => (platform.ok ? [showPlatform(platform.value)] : [])))]
  })
}

function spanOf(k: Knobs, key: 'platforms') {
  const at = k.at(key)
  return at === undefined ? {} : { at }
}

function createdOf(k: Knobs): Created {
  const epoch = k.number('sourceDateEpoch')
  if (epoch !== undefined) return { kind: 'at', seconds: epoch }
  return k.on('reproducible') ? { kind: 'at', seconds: 0 } : { kind: 'now' }
}

function compressionOf(k: Knobs, engine: Engine | undefined): BuildSource['compression'] {
  const named = k.plain('compression')
  const level = k.number('compressionLevel')
  const kind = named?.kind === 'known' ? named.value : 'gzip'
  if (kind !== 'gzip' && kind !== 'zstd') k.diagnostics.push(diagnose('JOB_COMPRESSION', { kind }, { at: k.at('compression') }))
  if (level !== undefined && kind === 'gzip' && engine === 'embedded') k.diagnostics.push(oneForm(k))
  return { kind: kind === 'zstd' ? 'zstd' : 'gzip', ...(level !== undefined && { level }) }
}

function oneForm(k: Knobs): Diagnostic {
  const because = 'layers packed by gzip have one form, so that digests are equal everywhere; zstd has levels'
  return diagnose('SETTINGS_NO_EFFECT', { what: k.name('compressionLevel'), with: ' with gzip', because }, { at: k.at('compressionLevel'), severity: 'info' })
}

function networkOf(k: Knobs, { ones, lists }: BuildxOptions): Network {
  const [http, https, no] = [k.text('httpProxy'), k.text('httpsProxy'), k.text('noProxy')]
  return {
    ...(ones.network !== undefined && { mode: showText(ones.network) }),
    dns: k.texts('customDns'),
    dnsSearch: k.texts('customDnsSearch'),
    addHost: joinPlanned([k.texts('addHost'), known((lists.addHost ?? []).map(showText))]),
    proxy: { ...(http !== undefined && { http }), ...(https !== undefined && { https }), ...(no !== undefined && { no }) },
  }
}

function secretOptions(k: Knobs, specs: readonly Text[], workspace: string): readonly BuildSecret[] {
  return specs.flatMap((spec) => {
    const parsed = parseSecretSpec(spec, workspace)
    if (parsed.kind === 'secret') return [parsed.secret]
    const shown = isSecretText(spec) ? '' : spec
    k.diagnostics.push(diagnose('JOB_SECRET_SPEC', { field: '--secret', spec: shown, reason: parsed.reason }, { at: k.at('buildxOptions') }))
    return []
  })
}

/** Words of kaniko for printing nothing but failures. */
function onlyFailures(k: Knobs): boolean {
  const verbosity = k.plain('verbosity')
  return verbosity?.kind === 'known' && ['panic', 'fatal', 'error'].includes(verbosity.value)
}

function pairOf(text: Text): Pair {
  const marks = marked([text])
  const whole = marks.plain[0] ?? ''
  const at = whole.indexOf('=')
  return at < 0 ? { name: showText(text) } : { name: whole.slice(0, at), value: marks.restore(whole.slice(at + 1)) }
}
