/** Opens what a scan step looks at, and has it scanned; or takes results that somebody else has found. */
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import { known } from '../../base/planned.ts'
import { Problem, problem } from '../../base/problem.ts'
import { stepPath } from '../../events/step-path.ts'
import { type Platform, parsePlatform } from '../../oci/platform.ts'
import type { OpenedImage } from '../../ports/delivery.ts'
import type { ScanRequest } from '../../ports/scanner.ts'
import type { Finding } from '../../scan/finding.ts'
import { readResults } from '../../scan/read-results.ts'
import type { ScanReport } from '../../scan/report.ts'
import type { PlannedScanSource, ScanWork } from '../../steps/scan-work.ts'
import type { ScanArguments } from '../../verdict/arguments.ts'
import type { WorkAt } from '../do-work.ts'
import { archivedImage, namedImage } from '../find-image.ts'
import { nowKnown, revealText } from '../reveal.ts'
import { stepLog } from '../step-output.ts'
import { attachedResults } from './attached-results.ts'
import { imageReference } from './image-reference.ts'
import { scanRegistryUse } from './scan-registry-use.ts'

export interface Scanned {
  readonly report: ScanReport
  /** What the scanner itself was told not to count. */
  readonly suppressed: readonly Finding[]
  /** What a scanner wrote in its own form. */
  readonly raw?: string
  /** The reference of the image, where it has one. */
  readonly named?: string
  readonly digest?: string
  /** Of the file or folder, as the step spells it. */
  readonly path?: string
}

type SourceOf<K extends PlannedScanSource['kind']> = Extract<PlannedScanSource, { readonly kind: K }>
type At = WorkAt<ScanWork>

export async function scanSource(at: At, args: ScanArguments): Promise<Scanned> {
  const { source } = at.work
  switch (source.kind) {
    case 'archive':
      return scanArchive(source, at, args)
    case 'stored': {
      const name = await imageReference(source.image, at)
      const opened = await namedImage({ kind: 'image', ref: known(name) }, at)
      return scanImage(opened, { name, named: name }, at, args)
    }
    case 'registry': {
      const name = await imageReference(source.image, at)
      const use = await scanRegistryUse(source.login, name, at)
      return scanImage(await at.context.remoteImages.open(name, { use, signal: at.context.signal }), { name, named: name }, at, args)
    }
    case 'folder':
    case 'sbom': {
      const path = await revealText(nowKnown(source.path), at.context)
      const file = at.state.workspace.hostPath(path)
      const target = source.kind === 'folder' ? ({ kind: 'folder', name: path, folder: file } as const) : ({ kind: 'sbom', name: path, file } as const)
      return { ...(await scanned({ target }, at, args)), path }
    }
    case 'results':
      return ingested(source, at)
    case 'attached':
      return attachedResults(source, at)
    case 'later':
      nowKnown(source.waits)
      throw new Error('a deferred source without a deferred value')
  }
}

async function scanArchive(source: SourceOf<'archive'>, at: At, args: ScanArguments): Promise<Scanned> {
  const path = await revealText(nowKnown(source.path), at.context)
  const opened = await archivedImage({ kind: 'archive', path: known(path) }, at)
  const made = at.state.images.byArchive(path).at(-1)
  const named = made?.names[0]
  return scanImage(opened, { name: path, path, ...(named !== undefined && { named }) }, at, args)
}

interface About {
  readonly name: string
  readonly named?: string
  readonly path?: string
}

async function scanImage(opened: OpenedImage & { readonly file?: string }, about: About, at: At, args: ScanArguments): Promise<Scanned> {
  try {
    const digest = await opened.image.digest()
    const file = opened.file === undefined ? {} : { file: opened.file }
    const target = { kind: 'image', name: about.name, view: opened.image, platform: platformOf(at), ...file } as const
    return { ...(await scanned({ target }, at, args)), digest, ...about }
  } finally {
    await opened.close()
  }
}

/** That of the stage's machine. */
function platformOf({ state, step }: At): Platform {
  const parsed = parsePlatform(`linux/${state.stage.infrastructure.arch.toLowerCase()}`, step.at === undefined ? {} : { at: step.at })
  if (!parsed.ok) throw new Problem(parsed.diagnostics[0] as Diagnostic)
  return parsed.value
}

async function scanned({ target }: Pick<ScanRequest, 'target'>, at: At, args: ScanArguments): Promise<Pick<Scanned, 'report' | 'suppressed' | 'raw'>> {
  const { context, work, step } = at
  const path = stepPath(step.path)
  const env: Record<string, string> = work.log === 'debug' ? { TRIVY_DEBUG: 'true' } : {}
  for (const [name, value] of Object.entries({ ...work.env, ...step.pretence }))
    if (!name.startsWith('FAKE_') || step.pretence !== undefined) env[name] = await revealText(nowKnown(value), context)
  const log = stepLog(path, context)
  let last = Promise.resolve()
  let raw: string | undefined
  const say = (text: string): void => {
    if (!loudEnough(text, work.log)) return
    last = last.then(() => log.tell({ stream: 'err', text: `${context.redactor.text(text)}\n` }))
  }
  try {
    const report = await context.scan.scanner.scan(
      { target, ...(args.others.length > 0 && { arguments: args.others }), env },
      {
        signal: context.signal,
        note: (note) => void context.emit({ kind: 'step.note', step: path, note }),
        progress: (done, total) =>
          void context.emit({ kind: 'step.progress', step: path, progress: { unit: 'count', task: `scan ${target.name}`, done, total } }),
        say,
        raw: (text) => {
          raw = text
        },
      },
    )
    return { report, suppressed: [], ...(raw !== undefined && { raw }) }
  } finally {
    await last
    await log.end()
  }
}

const quieter = { info: /./, debug: /./, warning: /\b(?:WARN|ERROR|FATAL)\b/, error: /\b(?:ERROR|FATAL)\b/ } as const satisfies Record<ScanWork['log'], RegExp>

function loudEnough(line: string, level: ScanWork['log']): boolean {
  return quieter[level].test(line)
}

async function ingested(source: SourceOf<'results'>, at: At): Promise<Scanned> {
  const { context, state, step } = at
  const path = await revealText(nowKnown(source.path), context)
  const bytes = await context.readFile(state.workspace.hostPath(path)).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message
    throw problem('SCAN_RESULTS_UNREADABLE', { file: path, reason }, { cause, at: step.at })
  })
  const raw = bytes.toString('utf8')
  const read = readResults(raw, { name: path })
  if (!read.ok) throw problem('SCAN_RESULTS_UNREADABLE', { file: path, reason: read.reason }, { at: step.at })
  const { name, digest } = read.report.target
  return { report: read.report, suppressed: read.suppressed, raw, path, ...(read.form === 'trivy' && { named: name }), ...(digest !== undefined && { digest }) }
}

/** Of a scan that nobody could make. */
export function notScanned(what: string, reason: string): Diagnostic {
  return diagnose('SCAN_NOT_DONE', { target: what, reason })
}
