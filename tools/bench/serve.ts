/** The server: a hundred people watching a flood, a long history, the first view. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { findProgram } from '../../test/support/real.ts'
import { buildPage } from '../bundle/build-page.ts'
import { bundle } from '../bundle/bundle.ts'
import { writeManyRuns } from './engine/many-runs.ts'
import { drawnViews } from './serve/first-view.ts'
import { writeServePage } from './serve/page.ts'
import { type ServedBundle, serveBundle } from './serve/served.ts'
import { watch, within } from './serve/watchers.ts'
import type { BenchContext, BenchResult } from './support/bench.ts'
import { type Measured, summary } from './support/measure.ts'

export const about = '100 watchers of a step that prints 5,000 lines a second, a list of 100,000 runs, the first view'

const [watchers, seconds, linesPerSecond] = [100, 20, 5000]

export async function run({ root, runs }: BenchContext): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-serve-'))
  try {
    const { entry } = await bundle(join(dir, 'bundle'))
    await buildPage(join(dir, 'bundle', 'page'))
    const flood = await watchFlood(dir, entry)
    const { rows, slowest, firstView } = await askLongHistory(dir, entry, runs)
    const figures = {
      ...flood,
      'list of 100,000 runs, the slowest question, ms': slowest,
      ...(firstView !== undefined && { 'first view, ms': firstView }),
    }
    writeServePage(root, { rows, figures })
    return { rows, figures }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function watchFlood(dir: string, entry: string): Promise<Readonly<Record<string, number>>> {
  const home = join(dir, 'home')
  mkdirSync(home)
  writeFileSync(join(dir, 'flood.mjs'), floodScript)
  writeFileSync(join(dir, 'flood.yaml'), floodPipeline(`${process.execPath} ${join(dir, 'flood.mjs')}`))
  const server = await serveBundle({ entry, home, cwd: dir, files: ['flood.yaml'] })
  try {
    const { pipelines } = (await server.get('/api/pipelines')) as { readonly pipelines?: readonly { readonly id: string }[] }
    const { run } = await server.post('/api/runs', { pipeline: pipelines?.[0]?.id, on: 'local' })
    const stream = `${server.url}/api/runs/${String(run)}/events/stream`
    const seen = await Promise.all(Array.from({ length: watchers }, () => watch(stream)))
    const expected = seconds * linesPerSecond
    const bad = seen.reduce((sum, { lines, wrong }) => sum + Math.abs(expected - lines) + wrong, 0)
    return {
      'lines that a watcher did not get, or got twice or out of order': bad,
      'lines that were sent': seen.reduce((sum, { lines }) => sum + lines, 0),
      'a line at a watcher after it was printed, half of all, ms': within(seen, 0.5),
      'a line at a watcher after it was printed, 99 of 100, ms': within(seen, 0.99),
    }
  } finally {
    await server.end()
  }
}

/** In step with the clock: what came late is made up for. */
const floodScript = `
const began = Date.now()
let printed = 0
const timer = setInterval(() => {
  const due = Math.min(${seconds * linesPerSecond}, Math.floor(((Date.now() - began) / 1000) * ${linesPerSecond}))
  let text = ''
  const now = Date.now()
  while (printed < due) text += ++printed + ' ' + now + '\\n'
  if (text !== '') process.stdout.write(text)
  if (printed === ${seconds * linesPerSecond}) clearInterval(timer)
}, 20)
`

function floodPipeline(command: string): string {
  return `pipeline:
  identifier: flood
  name: flood
  projectIdentifier: bench
  orgIdentifier: bench
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          cloneCodebase: false
          infrastructure: { type: KubernetesDirect, spec: { connectorRef: k, namespace: n } }
          execution:
            steps:
              - step: { type: Run, identifier: flood, name: flood, spec: { shell: Sh, command: '${command}' } }
`
}

const questions: Readonly<Record<string, string>> = {
  'the newest 50': '',
  'the newest 50 that failed': '?status=failed',
  'of one pipeline': '?pipeline=web7',
  'of one pipeline, that failed': '?pipeline=web7&status=failed',
  'a text that all pipelines have': '?text=web',
  'a text that nothing has': '?text=nothing',
  'by number': '?text=%231234',
}

async function askLongHistory(
  dir: string,
  entry: string,
  runs: number,
): Promise<{ rows: readonly Measured[]; slowest: number; firstView: number | undefined }> {
  const home = join(dir, 'long')
  mkdirSync(home)
  await writeManyRuns(home)
  const server = await serveBundle({ entry, home, cwd: dir, files: ['flood.yaml'] })
  try {
    const rows: Measured[] = []
    for (const [name, query] of Object.entries(questions)) rows.push(await timed(`list: ${name}`, runs, () => server.get(`/api/runs${query}`)))
    const deep = await far(server)
    rows.push(await timed('list: the newest 50 after 20,000 others', runs, () => server.get(`/api/runs?cursor=${deep}`)))
    const slowest = Math.max(...rows.map(({ median }) => median))
    rows.push(await timed('first view: page, scripts, styles and first answers fetched', runs, () => firstViewOf(server)))
    const drawn = await drawnViews(findProgram('chromium', process.env), server.url, runs)
    return { rows: [...rows, ...(drawn ?? [])], slowest, firstView: drawn?.at(-1)?.median }
  } finally {
    await server.end()
  }
}

async function timed(what: string, runs: number, work: () => Promise<unknown>): Promise<Measured> {
  const times: number[] = []
  for (let i = 0; i < runs; i++) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  return summary(what, 'ms', times)
}

async function far(server: ServedBundle): Promise<string> {
  let cursor = ''
  for (let i = 0; i < 100; i++) cursor = String((await server.get(`/api/runs?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`))['next'])
  return cursor
}

async function firstViewOf(server: ServedBundle): Promise<void> {
  const html = await (await fetch(server.url)).text()
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].flatMap(([, path]) => (path === undefined ? [] : [path]))
  if (files.length < 2) throw new Error('the page names no scripts')
  await Promise.all(
    files.map(async (path) => {
      const answer = await fetch(server.url + path)
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
      await answer.arrayBuffer()
    }),
  )
  await Promise.all(['/api/server', '/api/runs', '/api/pipelines'].map((path) => server.get(path)))
}
