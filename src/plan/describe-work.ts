/** What a step will do, line by line, as far as it is known. */
import { mapPlanned, type Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import type { CacheSpec } from '../image-job/cache-spec.ts'
import type { ImageJob, ImageOutput, JobSource } from '../image-job/image-job.ts'
import type { CacheWork } from '../steps/cache-work.ts'
import type { CloneWork } from '../steps/clone-work.ts'
import type { ImageWork } from '../steps/image-work.ts'
import { placeName } from '../steps/plan-cache-work.ts'
import { describeSource } from '../steps/plan-clone-work.ts'
import type { ScanWork } from '../steps/scan-work.ts'
import type { PlannedStart, RunWork, ServiceWork, Work } from '../steps/work.ts'
import { describeBaseImages } from './describe-base-images.ts'

export function describeWork(work: Work): readonly string[] {
  switch (work.kind) {
    case 'run':
      return describeRun(work)
    case 'service':
      return describeService(work)
    case 'image':
      return describeImage(work)
    case 'scan':
      return describeScan(work)
    case 'save-cache':
    case 'restore-cache':
      return describeCache(work)
    case 'clone':
      return describeClone(work)
    case 'unsupported':
      return [`cannot run here: ${work.because}`]
  }
}

function describeRun(work: RunWork): readonly string[] {
  return [
    ...processLines(work),
    ...(work.outputs.length === 0 ? [] : [`gives ${work.outputs.map((output) => output.name).join(', ')}`]),
    ...(work.reports === undefined ? [] : [`reads test reports ${work.reports.map(shown).join(', ')}`]),
  ]
}

function describeService(work: ServiceWork): readonly string[] {
  const { tcp, command, log } = work.ready
  const signs = [
    ...(tcp === undefined ? [] : [`port ${shown(tcp)} takes connections`]),
    ...(log === undefined ? [] : [`its log says "${shown(log)}"`]),
    ...(command === undefined ? [] : [`\`${shown(command)}\` passes`]),
  ]
  return [...processLines(work), 'runs until the stage ends', ...(signs.length === 0 ? [] : [`ready when ${signs.join(' and ')}`])]
}

function processLines(work: RunWork | ServiceWork): readonly string[] {
  const lines = startLines(work.start)
    .split('\n')
    .filter((line) => line.trim() !== '')
  const more = lines.length > 4 ? [`… ${lines.length - 4} more lines`] : []
  const env = Object.entries(work.env).map(([name, value]) => `${name}=${shown(value)}`)
  return [
    ...(work.image === undefined ? [] : [`in ${shown(work.image.reference)}`]),
    ...lines.slice(0, 4).map((line) => `$ ${line}`),
    ...more,
    ...(env.length === 0 ? [] : [`with ${env.join(', ')}`]),
  ]
}

function startLines(start: PlannedStart): string {
  if (start.kind === 'script') return shown(start.script)
  return start.argv === undefined ? '' : startOf(start.argv)
}

function startOf(argv: Planned<readonly Text[]>): string {
  return argv.kind === 'known' ? argv.value.map(showText).join(' ') : shown(argv)
}

function describeCache(work: CacheWork): readonly string[] {
  const key = work.key === 'of tools' ? 'made of the files of known tools' : shown(work.key)
  const paths = work.kind === 'save-cache' ? work.paths : work.only
  const where = work.place.kind === 'here' ? 'on this machine' : `${placeName(work.place, 'in')} with the connector ${shown(work.place.connector)}`
  return [
    `key ${key}`,
    ...(paths === undefined ? [] : [`paths ${paths === 'of tools' ? 'of known tools' : list(mapPlanned(paths, (all) => all.map(showText)))}`]),
    where,
    ...(work.kind === 'restore-cache' && work.outside.length > 0 ? [`also below ${work.outside.join(', ')}`] : []),
  ]
}

function describeScan({ failOn, target, variant, sbom }: ScanWork): readonly string[] {
  const names = [target, variant].flatMap((one) => (one === undefined ? [] : [shown(one)]))
  return [
    names.length === 0 ? 'compared with the last scan of what it finds' : `compared with the last scan of ${names.join(', ')}`,
    failOn.kind === 'deferred' || failOn.value !== 'none' ? `fails on ${shown(failOn)}` : 'fails on nothing that it finds',
    ...(sbom === undefined ? [] : [`writes a bill of materials (${shown(sbom)})`]),
  ]
}

function describeImage(work: ImageWork): readonly string[] {
  const { plan, tool, engine } = work
  const choice = [`tool ${tool.name}: ${tool.reasons.join('; ')}`, `engine ${engine.name}: ${engine.reasons.join('; ')}`]
  if (plan.kind === 'skip') return [`skipped: ${plan.because}`, ...choice]
  if (plan.kind === 'deferred') return [`decided at run time, after ${plan.waits.map((wait) => wait.until).join(', ')}`, ...choice]
  return [...describeJob(plan.job, work), ...choice]
}

function describeJob(job: ImageJob, work: ImageWork): readonly string[] {
  return [sourceLine(job.source), ...describeBaseImages(job, work), ...cacheLines(job.source), ...job.outputs.map(outputLine)]
}

function sourceLine(source: JobSource): string {
  switch (source.kind) {
    case 'build':
      return `build ${shown(source.dockerfile)} in ${shown(source.context)}${source.target === undefined ? '' : `, stage ${shown(source.target)}`}`
    case 'archive':
      return `take the archive ${shown(source.path)}`
    case 'image':
      return `take the image ${shown(source.ref)}${source.viaAlias === undefined ? '' : ` (written ${source.viaAlias.written})`}`
    case 'stage-image':
      return source.ref === undefined
        ? 'take the image that is kept under these names'
        : `take the image ${shown(source.ref)}, built by ${source.step ?? 'an earlier step'}`
  }
}

/** Where layers come from and go to beside this machine. */
function cacheLines(source: JobSource): readonly string[] {
  if (source.kind !== 'build') return []
  const { from, to, use, overCaching } = source.cache
  if (!use) return ['everything anew, without a cache']
  const [read, written] = [from, to].map((places) => list(mapPlanned(places as Planned<readonly CacheSpec[]>, (all) => all.map(placeOf))))
  const wins = overCaching === true ? ' (the named repository goes before caching)' : ''
  return [...(read === '' ? [] : [`cache from ${read}${wins}`]), ...(written === '' ? [] : [`cache to ${written}`])]
}

function placeOf({ type, attributes }: CacheSpec): string {
  const name = attributes.ref ?? attributes.dest ?? attributes.src ?? attributes.bucket ?? attributes.name
  return name === undefined ? type : `${type} ${showText(name)}`
}

function outputLine(output: ImageOutput): string {
  switch (output.kind) {
    case 'registry':
      return `push to ${list(output.refs)}`
    case 'archive':
      return `write the archive ${shown(output.path)}`
    case 'oci-layout':
      return `write the OCI layout ${shown(output.path)}`
    case 'load':
      return `keep as ${list(output.names)}`
  }
}

function shown(planned: Planned<Text>): string {
  return planned.kind === 'known' ? showText(planned.value) : `${planned.source} (known after ${planned.until})`
}

function list(planned: Planned<readonly string[]>): string {
  return planned.kind === 'known' ? planned.value.join(', ') : `${planned.source} (known after ${planned.until})`
}

function describeClone({ source, into }: CloneWork): readonly string[] {
  const to = into === undefined ? 'a folder named as the repository' : shown(into)
  if (source.kind === 'work-tree') return [`${describeSource(source)} to ${to}`]
  const { settings, repository } = source
  const login = repository.connector === undefined ? [] : [`with the login of the connector ${shown(repository.connector)}`]
  return [describeSource(source), `to ${to}, ${depthLine(settings.depth)}`, ...login]
}

function depthLine(depth: Planned<number>): string {
  if (depth.kind === 'deferred') return `depth ${depth.source}`
  return depth.value === 0 ? 'with all commits' : `with the last ${depth.value === 1 ? 'commit' : `${depth.value} commits`}`
}
