/**
 * Many builds at once, and many in a row: nothing of them is left on the machine, and the store stays within its limit. SLIPWAY_SOAK=long takes the numbers of an
 * evening. Needs Linux and root.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isProblem } from '../../../src/base/problem.ts'
import { build } from '../../../src/builder/build.ts'
import { namespaceSandbox } from '../../../src/builder/exec/namespaces.ts'
import type { LayerForm } from '../../../src/builder/exec/sandbox.ts'
import { cacheKeeper } from '../../../src/builder/store/cache-keeper.ts'
import { buildStore } from '../../../src/builder/store/directory.ts'
import { contentStore } from '../../../src/media/content-store.ts'
import { root as project } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { type FilesBelow, filesBelow, type LeftBehind, leftBehind } from './left-behind.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const missing = process.getuid?.() === 0 ? busybox.missing : 'mounting as root of the machine needs root'

const long = process.env['SLIPWAY_SOAK'] === 'long'
const atOnce = long ? 100 : 20
const inARow = long ? 1000 : 60

/** What each build adds to the store, and cannot be compressed. */
const freshBytes = 200_000
const limit = 8_000_000

describe('soaking', promised('ci', needs(missing === undefined, missing ?? '')), () => {
  const mark = `SOAK=${randomBytes(8).toString('hex')}`
  const signal = new AbortController().signal
  let folder: string
  let context: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-soak-'))
    context = join(folder, 'context')
    mkdirSync(context)
    copyFileSync(busybox.path, join(context, 'busybox'))
    chmodSync(join(context, 'busybox'), 0o755)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Two RUNs, a cache mount, and a file that no other build has. */
  const dockerfile = (i: number, last: string): string =>
    `FROM scratch
COPY busybox /bin/busybox
ENV ${mark}
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install -s /bin; mkdir /d"]
RUN --mount=type=cache,target=/c echo ${i} >> /c/all; echo ${i} > /d/f; head -c ${freshBytes} /dev/urandom > /d/fresh
RUN ${last}
`

  interface Figures {
    readonly builds: number
    readonly seconds: number
    readonly before: LeftBehind
    readonly after: LeftBehind
    readonly store: FilesBelow
  }

  const print = (what: string, f: Figures): void => {
    const told = (one: LeftBehind) =>
      `${one.mounts} mounts, ${one.loopDevices} loop devices, ${one.processes.length} processes of builds, ${one.descriptors} descriptors`
    const store = `${f.store.files} files, ${f.store.folders} folders, ${(f.store.bytes / 1e6).toFixed(1)} MB`
    process.stdout.write(
      `soak: ${what}: ${f.builds} builds in ${f.seconds.toFixed(1)} s; before: ${told(f.before)}; after: ${told(f.after)}; store within ${limit / 1e6} MB: ${store}\n`,
    )
  }

  it(`${atOnce} builds at once, each a process of its own, share a data folder and leave nothing`, { timeout: 900_000 }, async () => {
    const home = join(folder, 'home-parallel')
    const before = leftBehind(mark)
    const begun = performance.now()
    const ended = await Promise.all(
      Array.from({ length: atOnce }, async (_, i) => {
        const own = join(folder, `parallel-${i}`)
        mkdirSync(own)
        copyFileSync(busybox.path, join(own, 'busybox'))
        writeFileSync(join(own, 'Dockerfile'), dockerfile(i, 'true'))
        return slipway(home, ['build', '--progress', 'plain', '-t', `soak:${i}`, own])
      }),
    )
    expect(ended.filter(({ code }) => code !== 0)).toEqual([])
    const seconds = (performance.now() - begun) / 1000
    for (let i = 0; i < atOnce; i++) expect((await slipway(home, ['images', 'rm', `soak:${i}`])).code).toBe(0)
    const pruned = await slipway(home, ['cache', 'prune', '--keep-storage', String(limit)])
    expect({ code: pruned.code, said: pruned.code === 0 ? '' : pruned.said }).toEqual({ code: 0, said: '' })
    const after = leftBehind(mark)
    const store = filesBelow(home)
    print('at once', { builds: atOnce, seconds, before, after, store })
    expect({ ...after, descriptors: 0 }).toEqual({ ...before, processes: [], descriptors: 0 })
    expect(runsOf(home)).toEqual([])
    expect(store.bytes).toBeLessThan(limit * 1.5)
  })

  const forms: readonly (readonly [string, LayerForm])[] = [
    ['layers that are mounted', 'image'],
    ['layers that are mounted through loop devices', 'image through loop'],
    ['layers that are unpacked', 'folder'],
  ]
  it.each(forms)(`${inARow} builds in a row, failed and aborted ones among them, leave nothing: %s`, { timeout: 900_000 }, async (_, layers) => {
    const home = join(folder, `home-${layers.replaceAll(' ', '-')}`)
    const content = contentStore(join(home, 'images'))
    const store = buildStore(content, join(home, 'build'))
    const sandbox = namespaceSandbox({ layers })
    const keeper = cacheKeeper(home)
    const one = async (i: number): Promise<string> => {
      const how = i % 10 === 3 ? 'fails' : i % 10 === 7 ? 'is aborted' : 'ends'
      const stopping = new AbortController()
      const emit = (event: { readonly kind: string; readonly text?: string }): void => {
        if (event.kind === 'log' && event.text?.includes('waiting') === true) stopping.abort(new Error('soaked enough'))
      }
      const last = { fails: 'exit 3', 'is aborted': 'echo waiting; sleep 60', ends: 'true' }[how]
      const request = {
        contextDir: context,
        dockerfile: { name: 'Dockerfile', text: dockerfile(i, last) },
        args: new Map<string, string>(),
        labels: new Map<string, string>(),
        platform: { os: 'linux', architecture: 'amd64' },
        created: Date.now(),
        reproducible: false,
        noCache: false,
      }
      try {
        const baseImage = async (name: string) => Promise.reject(new Error(name))
        await build(request, { store, baseImage, sandbox, signal: stopping.signal, emit })
        return 'ends'
      } catch (error) {
        if (stopping.signal.aborted) return 'is aborted'
        if (isProblem(error) && error.diagnostic.code === 'BUILD_RUN_FAILED') return 'fails'
        throw error
      } finally {
        if (i % 20 === 19) await tidy()
      }
    }
    const tidy = async (): Promise<void> => {
      // As if hours went by: a build that has ended a moment ago may still be delivering what it made.
      const nowMs = Date.now() + 7_200_000
      await keeper.prune({ unusedMs: Number.POSITIVE_INFINITY, keepBytes: limit }, { signal, nowMs })
    }
    const begun = performance.now()
    // The first ones load what a process loads once.
    const warm = 20
    for (let i = 0; i < warm; i++) await one(i)
    const before = leftBehind(mark)
    const ends = new Map<string, number>()
    for (let i = warm; i < warm + inARow; i++) {
      const how = await one(i)
      ends.set(how, (ends.get(how) ?? 0) + 1)
    }
    const after = leftBehind(mark)
    const left = filesBelow(home)
    print(`in a row, ${layers}`, { builds: warm + inARow, seconds: (performance.now() - begun) / 1000, before, after, store: left })
    expect(Object.fromEntries(ends)).toEqual({ ends: inARow * 0.8, fails: inARow * 0.1, 'is aborted': inARow * 0.1 })
    expect({ ...after, descriptors: 0 }).toEqual({ ...before, processes: [], descriptors: 0 })
    expect(after.descriptors - before.descriptors).toBeLessThan(5)
    expect(runsOf(home)).toEqual([])
    expect(left.bytes).toBeLessThan(limit * 1.5)
  })

  function slipway(home: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, SLIPWAY_HOME: home }
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(project, 'src/main/cli.ts'), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code) => resolve({ code, said }))
    })
  }

  const runsOf = (home: string): readonly string[] => {
    const runs = join(home, 'build', 'runs')
    return existsSync(runs) ? readdirSync(runs) : []
  }
})
