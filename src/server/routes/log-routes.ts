/** What steps printed: by lines, searched, and as a file. */
import * as v from 'valibot'
import type { RunId } from '../../events/run-event.ts'
import type { RunRecord } from '../../ports/history.ts'
import { printable } from '../../text/terminal-text.ts'
import { indexOf } from '../logs/known-indexes.ts'
import type { LogLine } from '../logs/line-index.ts'
import type { ServerParts } from '../parts.ts'
import { count, flag, json, route } from '../route.ts'
import { runOf } from './known-run.ts'

const params = { run: v.pipe(v.string(), v.description('its id')) }
const step = v.pipe(v.string(), v.minLength(1), v.description('path of the step'))
const line = v.object({ n: v.number(), text: v.string(), stream: v.picklist(['out', 'err']), at: v.number() })
/** Lines that are shown are cut; the file has all of them. */
const [longestLine, longestAnswer] = [25 * 1024, 4 * 1024 * 1024]
const scannedLines = 2_000_000

export const logRoutes = [
  route({
    method: 'get',
    path: '/api/runs/{run}/logs',
    name: 'readLog',
    about:
      'Lines of what a step printed, as it was printed, escape sequences included: text of strangers, to be shown as text. `last` is the number of the last event in it: a stream of the step goes on after it.',
    params,
    query: {
      step,
      from: v.optional(v.pipe(count({ least: 1, most: 1e12 }), v.description('number of the first line, from 1'))),
      tail: v.optional(v.pipe(count({ most: 10_000 }), v.description('so many lines from the end instead'))),
      count: v.optional(v.pipe(count({ most: 10_000 }), v.description('how many at most; 1000 when nothing is said. Fewer may come when they are long.'))),
    },
    answer: {
      as: 'json',
      status: 200,
      schema: v.object({ lines: v.array(line), total: v.number(), last: v.number(), growing: v.boolean() }),
    },
    problems: ['RUN_NOT_FOUND'],
    async handle({ params: { run }, query: { step: path, from = 1, tail, count: most = 1000 } }, parts) {
      const record = await runOf(run, parts)
      const index = await indexOf(record.run, path, parts.history)
      const { total, last } = index
      const first = tail === undefined ? from : Math.max(1, total - tail + 1)
      const lines: LogLine[] = []
      let size = 0
      if (most > 0 && first <= total)
        for await (const one of index.lines(first)) {
          lines.push({ ...one, text: one.text.slice(0, longestLine) })
          size += one.text.length
          if (lines.length >= (tail ?? most) || size > longestAnswer) break
        }
      return json({ lines, total, last, growing: record.status === 'running' })
    },
  }),
  route({
    method: 'get',
    path: '/api/runs/{run}/logs/search',
    name: 'searchLog',
    about: 'The lines of a step that hold a text. What is printed in colour is found as it is read. Goes on from `next`, where there is more to look through.',
    params,
    query: {
      step,
      text: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
      matchCase: v.optional(v.pipe(flag(), v.description('capitals count'))),
      from: v.optional(v.pipe(count({ least: 1, most: 1e12 }), v.description('number of the first line to look at'))),
      limit: v.optional(v.pipe(count({ least: 1, most: 10_000 }), v.description('how many at most; 1000 when nothing is said'))),
    },
    answer: {
      as: 'json',
      status: 200,
      schema: v.object({ found: v.array(v.object({ n: v.number(), text: v.string() })), next: v.optional(v.number()), total: v.number() }),
    },
    problems: ['RUN_NOT_FOUND'],
    async handle({ params: { run }, query: { step: path, text, matchCase = false, from = 1, limit = 1000 }, signal }, parts) {
      const record = await runOf(run, parts)
      const index = await indexOf(record.run, path, parts.history)
      const fold = (one: string): string => (matchCase ? one : one.toLowerCase())
      const wanted = fold(text)
      const found: { readonly n: number; readonly text: string }[] = []
      let next: number | undefined
      for await (const one of index.lines(from)) {
        signal.throwIfAborted()
        if (found.length === limit || one.n - from >= scannedLines) {
          next = one.n
          break
        }
        if (fold(plain(one.text)).includes(wanted)) found.push({ n: one.n, text: one.text.slice(0, 500) })
      }
      return json({ found, total: index.total, ...(next !== undefined && { next }) })
    },
  }),
  route({
    method: 'get',
    path: '/api/runs/{run}/logs/download',
    name: 'downloadLog',
    about: 'What a step printed, as a file; without a step all output of the run.',
    params,
    query: { step: v.optional(step), plain: v.optional(v.pipe(flag(), v.description('without colours and other escape sequences'))) },
    answer: { as: 'text/plain', status: 200, about: 'the file' },
    problems: ['RUN_NOT_FOUND'],
    async handle({ params: { run }, query: { step: path, plain: bare = false } }, parts) {
      const record = await runOf(run, parts)
      const headers = { 'content-disposition': `attachment; filename="${fileName(record, path)}"` }
      return { kind: 'stream', type: 'text/plain', headers, parts: fileOf(record.run, { path, bare }, parts) }
    },
  }),
]

const esc = '\u001b'

function plain(text: string): string {
  return text.includes(esc) || text.includes('\r') ? printable(text, { colours: false }) : text
}

/** Nothing of it can end the name or the header. */
function fileName({ pipelineName, sequenceId }: RunRecord, path: string | undefined): string {
  const name = [pipelineName, String(sequenceId), ...(path === undefined ? [] : [path])].join('-').replaceAll(/[^\w.-]+/g, '-')
  return `${name.slice(0, 150)}.log`
}

async function* fileOf(run: RunId, { path, bare }: { readonly path: string | undefined; readonly bare: boolean }, { history }: ServerParts) {
  let held: string[] = []
  let size = 0
  let rest = ''
  const bytes = (): Uint8Array => {
    const all = Buffer.from(held.join(''))
    held = []
    size = 0
    return all
  }
  for await (const { event } of history.events(run, path === undefined ? {} : { step: path })) {
    if (event.kind !== 'step.output') continue
    const lines = `${rest}${event.text}`.split('\n')
    rest = bare ? (lines.pop() ?? '') : ''
    const text = bare ? lines.map((one) => `${plain(one)}\n`).join('') : event.text
    held.push(text)
    size += text.length
    if (size > 256 * 1024) yield bytes()
  }
  if (rest !== '') held.push(plain(rest))
  if (held.length > 0) yield bytes()
}
