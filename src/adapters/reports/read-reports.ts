/** Test reports of a workspace: the files that the patterns name, read piece by piece. */
import { createReadStream } from 'node:fs'
import { glob, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import { addTotals, type FailedTest, noTests } from '../../events/test-results.ts'
import type { ReportsRead, ReportsRequest } from '../../ports/report-reader.ts'
import { type JunitFile, junitParser } from './junit-parser.ts'

/** A text longer than this is cut, and says so. */
const longest = 8000
const limits = { failures: 100, text: 2 * longest } as const
const most = { files: 10_000, bytes: 1024 * 1024 * 1024 } as const

export async function readReports(request: ReportsRequest): Promise<ReportsRead> {
  const { files, notes } = await findFiles(request)
  if (files.length === 0) return { notes }
  let totals = noTests
  let bytes = 0
  const failures: FailedTest[] = []
  for (const [i, file] of files.entries()) {
    bytes += (await stat(join(request.folder, file))).size
    if (i >= most.files || bytes > most.bytes) {
      notes.push(diagnose('REPORTS_TOO_MANY', { count: files.length - i, files: most.files, bytes: most.bytes }))
      break
    }
    const read = await readOne(file, request)
    totals = addTotals(totals, read.totals)
    failures.push(...read.failures)
    if (read.broken !== undefined) notes.push(diagnose('REPORT_BROKEN', { file, ...read.broken }))
  }
  const more = totals.failed + totals.errored - Math.min(failures.length, limits.failures)
  return { results: { files: files.length, totals, failures: failures.slice(0, limits.failures).map((one) => tidy(one, request)), more }, notes }
}

/** In order, each file once, plain files only. */
async function findFiles({ folder, patterns, signal }: ReportsRequest): Promise<{ readonly files: readonly string[]; readonly notes: Diagnostic[] }> {
  const found = new Set<string>()
  const notes: Diagnostic[] = []
  for (const pattern of patterns) {
    signal.throwIfAborted()
    const names: string[] = []
    for await (const name of glob(pattern, { cwd: folder })) if (await isPlain(folder, name)) names.push(name)
    if (names.length === 0) notes.push(diagnose('REPORT_MISSING', { pattern }))
    for (const name of names.sort()) found.add(name)
  }
  return { files: [...found], notes }
}

async function isPlain(folder: string, name: string): Promise<boolean> {
  if (relative(folder, join(folder, name)).startsWith('..')) return false
  const stats = await stat(join(folder, name)).catch(() => undefined)
  return stats?.isFile() === true
}

async function readOne(file: string, { folder, signal }: ReportsRequest): Promise<JunitFile> {
  const parser = junitParser(limits)
  let decoder: Decoder | undefined
  try {
    for await (const chunk of createReadStream(join(folder, file), { signal }) as AsyncIterable<Buffer>) {
      decoder ??= decoderOf(chunk)
      if (!parser.push(decoder.decode(chunk, { stream: true }))) break
    }
  } catch (error) {
    signal.throwIfAborted()
    const { totals, failures } = parser.end()
    return { totals, failures, broken: { reason: error instanceof Error ? error.message : String(error), line: 1, column: 1 } }
  }
  return parser.end()
}

type Decoder = InstanceType<typeof TextDecoder>

/** As the document says at its beginning; UTF-8 where it says nothing, or something unknown. */
function decoderOf(start: Uint8Array): Decoder {
  const [first, second] = start
  const label = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined
  const named = /^\W*<\?xml[^>]*encoding=["']([\w-]+)/.exec(Buffer.from(start.subarray(0, 200)).toString('latin1'))?.[1]
  try {
    return new TextDecoder(label ?? named ?? 'utf-8')
  } catch {
    return new TextDecoder()
  }
}

function tidy({ at, ...test }: FailedTest, { folder, mask }: ReportsRequest): FailedTest {
  const text = (whole: string): string => cut(mask(whole))
  const words = { suite: text(test.suite), name: text(test.name), message: text(test.message), details: text(test.details) }
  if (at === undefined) return { ...test, ...words }
  const own = ['/harness/', `${folder}/`].find((prefix) => at.file.startsWith(prefix))
  return { ...test, ...words, at: { ...at, file: text(own === undefined ? at.file : at.file.slice(own.length)) } }
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (cut after ${longest} characters)`
}
