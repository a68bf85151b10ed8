/** One store, many processes: killed at any moment, side by side, and beside collection of garbage. Nothing wrong is ever found in the cache afterwards. */
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'

const script = fileURLToPath(import.meta.resolve('./cache-in-process.ts'))
const root = mkdtempSync(join(tmpdir(), 'slipway-crash-'))
const context = join(root, 'context')
const rounds = process.env['SLIPWAY_FUZZ'] === 'long' ? 400 : 15

interface Ended {
  readonly code: number | null
  readonly result: { readonly digest: string; readonly cachedLayers: number; readonly layers: number } | undefined
  readonly errors: string
}

interface Start {
  /** Counts from the moment when the build begins. */
  readonly killAfterMs?: number
  readonly commands?: 'real'
  /** Its input ends then. */
  readonly until?: Promise<unknown>
}

function start(store: string, text: string, o: Start = {}): Promise<Ended> {
  const child = spawn(process.execPath, [script, context, join(root, store), text, o.commands ?? ''], { stdio: ['pipe', 'pipe', 'pipe'] })
  if (o.until === undefined) child.stdin.end()
  else void o.until.then(() => child.stdin.end())
  let [out, errors] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  child.stdout.on('data', (chunk: Buffer) => {
    if (out === '' && o.killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), o.killAfterMs)
    out += chunk.toString()
  })
  return new Promise((resolve) =>
    child.on('close', (code) => {
      const line = /^\{.*\}$/m.exec(out)?.[0]
      resolve({ code, errors, result: line === undefined ? undefined : (JSON.parse(line) as Ended['result']) })
    }),
  )
}

const text = `FROM scratch AS one
COPY src /src
RUN emit a w0 src/f0
RUN emit b w1 src/f1
WORKDIR /work
COPY big /big
RUN --mount=type=cache,target=/c,sharing=locked emit c w2 a
FROM scratch
COPY --from=one /a /b /c /out/
COPY --from=one /big /big
RUN emit d w3 out/a
`

beforeAll(() => {
  mkdirSync(join(context, 'src'), { recursive: true })
  mkdirSync(join(context, 'big'))
  for (let i = 0; i < 200; i++) write(`src/f${i}`, `file ${i}`)
  for (let i = 0; i < 8; i++) write(`big/b${i}`, `${i} and so on, `.repeat(40_000))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, content: string): void {
  writeFileSync(join(context, path), content)
  utimesSync(join(context, path), 1_600_000_000, 1_600_000_000)
}

/** Deterministic, and printed with a failure. */
function delays(seed: number, most: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return (state / 2 ** 31) * most
  }
}

describe('one store', () => {
  it(`a builder that is killed, ${rounds} times: the next build works and is that of a clean store`, async () => {
    const clean = await start('clean', text)
    expect(clean.errors).toBe('')
    const next = delays(Date.now() % 1000, 250)
    let killed = 0
    for (let round = 0; round < rounds; round++) {
      // A new context each time, so that there is always something to do; and the store is made older than one build.
      write('src/f0', `round ${round}`)
      const after = next()
      const cut = await start('store', text, { killAfterMs: after })
      if (cut.result === undefined) killed++
      const whole = await start('store', text)
      expect({ round, after, errors: whole.errors }).toEqual({ round, after, errors: '' })
      rmSync(join(root, 'fresh'), { recursive: true, force: true })
      expect({ round, after, digest: whole.result?.digest }).toEqual({ round, after, digest: (await start('fresh', text)).result?.digest })
      const again = await start('store', text)
      expect({ round, after, cached: again.result?.cachedLayers }).toEqual({ round, after, cached: again.result?.layers })
    }
    expect(killed).toBeGreaterThan(rounds / 4)
    process.stdout.write(`cache-crash: ${killed} of ${rounds} builds were killed before they ended\n`)
    expect(readdirSync(join(root, 'store/build/caches')).filter((name) => name.endsWith('.lock'))).toEqual([])
  }, 3_600_000)

  it('builds side by side, the same and others, beside collection of garbage', async () => {
    const others = [text, text.replace('WORKDIR /work', 'WORKDIR /other'), text.replace('w1', 'w9')]
    const expected = await Promise.all(others.map((one, i) => start(`alone-${i}`, one)))
    for (let round = 0; round < 12; round++) {
      const store = `shared-${round}`
      const builds = [...others, ...others].map((one) => start(store, one))
      const building = Promise.all(builds)
      const prune = start(store, 'prune', { until: building })
      const ended = await building
      expect((await prune).errors).toBe('')
      for (const [i, { result, errors }] of ended.entries()) {
        expect({ i, errors, digest: result?.digest }).toEqual({ i, errors: '', digest: expected[i % others.length]?.result?.digest })
      }
    }
  }, 600_000)
})

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const asRoot = process.getuid?.() === 0 ? busybox.options : promised('ci', needs(false, 'RUN as root needs root'))

describe('one store, with commands for real', asRoot, () => {
  const steps = `FROM scratch
COPY busybox /bin/sh
RUN echo one > /one
RUN cat /one > /two; echo more >> /two
COPY src /src
RUN cat /two /src/f0 > /three
`

  it('a builder that is killed: the next build is that of a clean store', async () => {
    copyFileSync(busybox.path, join(context, 'busybox'))
    const next = delays(Date.now() % 1000, 600)
    for (let round = 0; round < Math.ceil(rounds / 3); round++) {
      write('src/f0', `real ${round}`)
      const after = next()
      await start('real', steps, { killAfterMs: after, commands: 'real' })
      const whole = await start('real', steps, { commands: 'real' })
      expect({ round, after, errors: whole.errors, layers: whole.result?.layers }).toEqual({ round, after, errors: '', layers: 5 })
      const again = await start('real', steps, { commands: 'real' })
      expect({ round, after, cached: again.result?.cachedLayers, digest: again.result?.digest }).toEqual({
        round,
        after,
        cached: 5,
        digest: whole.result?.digest,
      })
    }
    // Killed before it could say whose folder it is: collection of garbage takes it later.
    for (const name of readdirSync(join(root, 'real/build/runs'))) expect(readdirSync(join(root, 'real/build/runs', name))).toEqual([])
  }, 3_600_000)
})
