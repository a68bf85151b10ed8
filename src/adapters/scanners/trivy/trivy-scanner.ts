/** The real trivy: its program is found, its database looked at, an archive handed to it, and its report read. */
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import type { Diagnostic } from '../../../base/diagnostic.ts'
import { isProblem, Problem, problem } from '../../../base/problem.ts'
import { showPlatform } from '../../../oci/platform.ts'
import type { Image } from '../../../oci/views.ts'
import type { Scanner, Scanning, ScanRequest } from '../../../ports/scanner.ts'
import { imageFor } from '../../../registry/pull.ts'
import type { Distribution, ScanReport } from '../../../scan/report.ts'
import { readTrivy } from '../../../scan/trivy/read-trivy.ts'
import { printable } from '../../../text/terminal-text.ts'
import { foundCode, trivyCommand } from './command.ts'
import { type TrivyDatabase, trivyDatabase } from './database.ts'
import { runTrivy, type TrivyRan } from './run-trivy.ts'
import { trivyInput } from './trivy-input.ts'
import { unjudgedBy } from './unjudged.ts'

export interface TrivyParts {
  /** Throws SCANNER_MISSING. */
  readonly program: (o: { readonly signal: AbortSignal }) => Promise<string>
  /** Holds its database; nothing is written to it. */
  readonly cacheDir: string
  readonly maxAgeDays: number
  readonly clock: Clock
  /** For files that are gone afterwards. */
  readonly scratch: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
}

export function trivyScanner(parts: TrivyParts): Scanner {
  const database = () => trivyDatabase(parts.cacheDir, { maxAgeDays: parts.maxAgeDays, now: parts.clock.now() })
  return {
    name: 'trivy',
    async check(o) {
      const found = await database()
      return [...(found.ok ? [] : [found.why]), ...(await parts.program(o).then(() => [], missing))]
    },
    async scan(request, o) {
      o.signal.throwIfAborted()
      const found = await database()
      if (!found.ok) throw new Problem(found.why)
      const program = await parts.program(o)
      await mkdir(parts.scratch, { recursive: true, mode: 0o700 })
      const scratch = await mkdtemp(join(parts.scratch, 'trivy-'))
      try {
        return await scanIn(scratch, { program, database: found.database, request, parts }, o)
      } finally {
        await rm(scratch, { recursive: true, force: true, maxRetries: 3 })
      }
    },
  }
}

function missing(error: unknown): readonly Diagnostic[] {
  if (!isProblem(error)) throw error
  return [error.diagnostic]
}

interface Scan {
  readonly program: string
  readonly database: TrivyDatabase
  readonly request: ScanRequest
  readonly parts: TrivyParts
}

async function scanIn(scratch: string, { program, database, request, parts }: Scan, o: Scanning): Promise<ScanReport> {
  const { target, arguments: more = [], env = {} } = request
  const image = target.kind === 'image' ? await imageFor(target.view, target.platform, target.name) : undefined
  const input = target.kind === 'image' ? await trivyInput(target, image as Image, scratch, o) : target.kind === 'folder' ? target.folder : target.file
  const places = { report: join(scratch, 'report.json'), cacheDir: join(scratch, 'cache'), input }
  // Notes about layers that were seen before would tie scans that run at once to each other: only the database is shared.
  await mkdir(places.cacheDir)
  await symlink(join(parts.cacheDir, 'db'), join(places.cacheDir, 'db'))
  await symlink(join(parts.cacheDir, 'java-db'), join(places.cacheDir, 'java-db'))
  const ran = await runTrivy(program, trivyCommand(target.kind, places, more), {
    ...environment(scratch, parts, env),
    cwd: scratch,
    signal: o.signal,
    kill: parts.kill,
    ...(o.say !== undefined && { say: o.say }),
  })
  const text = await reportText(ran, places.report)
  o.raw?.(text)
  const read = readTrivy(parsed(text), { name: target.name, database: database.facts })
  if (typeof read === 'string') throw problem('SCANNER_FAILED', { scanner: 'trivy', reason: `its report cannot be read: ${read}` })
  const { report } = read
  if (image !== undefined) await isOfImage(report, image)
  const facts = image === undefined ? { kind: target.kind, name: target.name } : await imageFacts(image, request)
  const distribution = asInOsRelease(report.target.distribution)
  const about = { ...facts, ...(distribution !== undefined && { distribution }) }
  return { ...report, target: about, unjudged: unjudgedBy(database, { packages: report.packages, target: about }) }
}

/** What trivy must know of this machine, and no more: its own settings come from the step. */
function environment(scratch: string, { env }: TrivyParts, more: Readonly<Record<string, string>>): { readonly env: Readonly<Record<string, string>> } {
  const path = env['PATH']
  return { env: { ...more, HOME: scratch, TMPDIR: scratch, ...(path !== undefined && { PATH: path }) } }
}

async function reportText({ code, said }: TrivyRan, file: string): Promise<string> {
  if (code !== 0 && code !== foundCode) {
    const last = said.filter((line) => line.trim() !== '').at(-1)
    throw problem('SCANNER_FAILED', {
      scanner: 'trivy',
      reason: `${code === null ? 'it was ended' : `exit code ${code}`}${last === undefined ? '' : `: ${plain(last)}`}`,
    })
  }
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw problem('SCANNER_FAILED', { scanner: 'trivy', reason: `it ended with ${code} and wrote no report: ${cause.message}` }, { cause })
  })
}

function plain(line: string): string {
  return printable(line.replaceAll('\t', ' '), { colours: false }).trim()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An archive that changed while it was read, or that trivy understands in another way, must not pass for the image. */
async function isOfImage({ layers }: ScanReport, image: Image): Promise<void> {
  const own = (await image.config()).rootfs.diff_ids
  if (layers.length !== own.length || layers.some(({ diffId }, i) => diffId !== own[i]))
    throw problem('SCANNER_FAILED', { scanner: 'trivy', reason: 'its report is about an image with other layers' })
}

/** trivy takes Debian's point release for its version, which os-release does not know. */
function asInOsRelease(one: Distribution | undefined): Distribution | undefined {
  if (one?.id !== 'debian' || one.version === undefined) return one
  const [major = one.version] = one.version.split('.')
  return { ...one, version: major, name: `Debian ${one.version}` }
}

async function imageFacts(image: Image, { target }: ScanRequest): Promise<ScanReport['target']> {
  const { os, architecture, variant } = await image.config()
  const platform = showPlatform({ os, architecture, ...(variant !== undefined && { variant }) })
  return { kind: 'image', name: target.name, digest: await image.digest(), platform }
}
