import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { embeddedRegistry, testClient } from '../../../test/support/registry/embedded.ts'
import { isProblem } from '../../base/problem.ts'
import { cacheLine } from '../../events/cache-line.ts'
import type { CacheSource, CacheTarget } from '../../image-job/cache-place.ts'
import { parseRef } from '../../oci/ref.ts'
import { describe as describeView } from '../../oci/views.ts'
import type { BuildEvent, BuildRequest } from '../../ports/builder.ts'
import { deliver } from '../../registry/deliver.ts'
import { pull } from '../../registry/pull.ts'
import { type Files, type Fixture, fixture } from '../build-fixture.ts'
import type { BuildOptions } from '../build-world.ts'
import { fakeSandbox } from '../exec/fake-sandbox-fixture.ts'

type Given = Partial<BuildRequest & BuildOptions>

const files: Files = { 'package.json': '{}', 'src/main.js': 'main', 'src/util.js': 'util' }

/** A machine of its own: context, store and sandbox. RUN writes its words into /out-WORD. */
async function machine(content: Files = files): Promise<Fixture & { readonly ran: string[][]; run(text: string, o?: Given): ReturnType<Fixture['build']> }> {
  const f = await fixture(content)
  onTestFinished(() => f.remove())
  const ran: string[][] = []
  const sandbox = fakeSandbox({
    act({ process, upper }) {
      ran.push([...process.args])
      for (const word of (process.args.at(-1) ?? '').split(' ')) {
        const file = join(upper, `out-${word.replaceAll('/', '_')}`)
        writeFileSync(file, word)
        utimesSync(file, 1_600_000_000, 1_600_000_000)
      }
      return 0
    },
  })
  return { ...f, ran, run: (text, o = {}) => f.build(text, { sandbox, ...o }) }
}

function explained(f: Fixture): readonly string[] {
  return f.events.flatMap((event: BuildEvent) => (event.kind === 'cache' ? [cacheLine(event)] : []))
}

function notes(f: Fixture): readonly string[] {
  return f.events.flatMap((event) => (event.kind === 'note' ? [event.note.code] : []))
}

const twoStages = `FROM scratch AS build
COPY package.json /app/
RUN npm ci
COPY src /app/src
WORKDIR /app/dist
RUN npm build
FROM scratch
COPY --from=build /out-build /bin/app
COPY package.json /etc/
`

const to = (place: CacheSource, o: Partial<CacheTarget> = {}) => [{ ...place, mode: 'max', ignoreError: false, ...o } as CacheTarget]

describe('the same build again, later', () => {
  it('is the same image, with the times of the first; what is made anew is as old as it is', async () => {
    const f = await machine()
    const text = 'FROM scratch\nENV A=1\nCOPY package.json /app/\nRUN words\nLABEL l=1\nCOPY src /app/src\nCMD ["a"]\n'
    const first = (await f.run(text, { created: 1_000 })).image
    const second = (await f.run(text, { created: 2_000 })).image
    expect((await describeView(second)).digest).toBe((await describeView(first)).digest)
    writeFileSync(join(f.contextDir, 'src', 'main.js'), 'changed')
    const third = await (await f.run(text, { created: 3_000 })).image.config()
    const [old, late] = ['1970-01-01T00:00:01Z', '1970-01-01T00:00:03Z']
    expect(third.history?.map(({ created }) => created)).toEqual([old, old, old, old, late, late])
    expect(third.created).toBe(late)
    expect(f.ran).toHaveLength(1)
  })
})

describe('a cache of another machine', () => {
  async function registryPlace() {
    const { registry, dir } = await embeddedRegistry()
    const client = testClient()
    return { place: { kind: 'registry', ref: `${registry}/team/cache:main` } as const, registry, dir, client, cacheClient: () => client }
  }

  it('in a registry: nothing runs, the image is the same, and no layer is fetched when the image goes to that registry', async () => {
    const { place, registry, dir, client, cacheClient } = await registryPlace()
    const one = await machine()
    const first = await one.run(twoStages, { cacheTo: to(place), cacheClient })
    expect(one.ran).toHaveLength(2)
    const two = await machine()
    const second = await two.run(twoStages, { cacheFrom: [place], cacheClient, explainCache: true })
    expect(two.ran).toEqual([])
    expect(await second.image.digest()).toBe(await first.image.digest())
    expect(second.cachedLayers).toBe(2)
    expect(existing(join(two.storeDir, 'blobs/sha256'))).toEqual([])
    const blobs = existing(join(dir, 'blobs/sha256')).length
    const ref = parseRef(`${registry}/team/app:1`)
    if (!ref.ok) throw new Error('no reference')
    const [pushed] = await deliver(second.image, [ref.value], { client, signal: AbortSignal.timeout(10_000) })
    expect(pushed?.kind).toBe('delivered')
    expect(existing(join(two.storeDir, 'blobs/sha256'))).toEqual([])
    expect(existing(join(dir, 'blobs/sha256')).length).toBeLessThanOrEqual(blobs + 2)
    expect(explained(two)).toContain(`[stage-1 1/2] COPY --from=build /out-build /bin/app: cached, from ${registry}/team/cache:main`)
  })

  it('fetches what a command has to stand on, and only that', async () => {
    const { place, cacheClient } = await registryPlace()
    const one = await machine()
    await one.run(twoStages, { cacheTo: to(place), cacheClient })
    const two = await machine({ ...files, 'src/main.js': 'changed' })
    const built = await two.run(twoStages, { cacheFrom: [place], cacheClient })
    expect(two.ran.map((args) => args.at(-1))).toEqual(['npm build'])
    const clean = await machine({ ...files, 'src/main.js': 'changed' })
    expect(await built.image.manifest()).toEqual(await (await clean.run(twoStages)).image.manifest())
  })

  it('mode=min keeps the layers of the image only', async () => {
    const { place, client, cacheClient } = await registryPlace()
    const one = await machine()
    await one.run(twoStages, { cacheTo: to(place, { mode: 'min' }), cacheClient })
    const ref = parseRef(place.ref)
    const view = await pull(ref.ok ? ref.value : ({} as never), { client, signal: AbortSignal.timeout(5000) })
    expect(view.kind === 'image' && (await view.manifest()).layers).toHaveLength(2)
  })

  it('in a folder', async () => {
    const one = await machine()
    const place = { kind: 'local', dir: join(one.storeDir, '../cache'), tag: 'latest' } as const
    const cacheClient = () => testClient()
    const first = await one.run(twoStages, { cacheTo: to(place), cacheClient })
    const two = await machine()
    const second = await two.run(twoStages, { cacheFrom: [place], cacheClient, explainCache: true })
    expect(two.ran).toEqual([])
    expect(await second.image.digest()).toBe(await first.image.digest())
    expect(explained(two).at(-1)).toBe(`[stage-1 2/2] COPY package.json /etc/: cached, from ${place.dir}`)
  })

  it('carried by the image itself', async () => {
    const { registry, client, cacheClient } = await registryPlace()
    const text = 'FROM scratch\nCOPY package.json /\nRUN one\n'
    const one = await machine()
    const first = await one.run(text, { cacheTo: [{ kind: 'inline', mode: 'min', ignoreError: false }] })
    const ref = parseRef(`${registry}/team/app:1`)
    if (!ref.ok) throw new Error('no reference')
    await deliver(first.image, [ref.value], { client, signal: AbortSignal.timeout(10_000) })
    const two = await machine()
    await two.run(text, { cacheFrom: [{ kind: 'registry', ref: `${registry}/team/app:1` }], cacheClient })
    expect(two.ran).toEqual([])
  })

  it('keeps what others left there', async () => {
    const { place, cacheClient } = await registryPlace()
    const one = await machine()
    await one.run('FROM scratch\nRUN one\n', { cacheTo: to(place), cacheClient })
    await one.run('FROM scratch\nRUN two\n', { cacheTo: to(place), cacheClient })
    const two = await machine()
    await two.run('FROM scratch\nRUN one\n', { cacheFrom: [place], cacheClient })
    await two.run('FROM scratch\nRUN two\n', { cacheFrom: [place], cacheClient })
    expect(two.ran).toEqual([])
  })

  it('is no failure when it is not there, or no registry answers', async () => {
    const { registry, cacheClient } = await registryPlace()
    const one = await machine()
    await one.run('FROM scratch\nRUN one\n', { cacheFrom: [{ kind: 'registry', ref: `${registry}/none:x` }], cacheClient })
    await one.run('FROM scratch\nRUN two\n', { cacheFrom: [{ kind: 'registry', ref: '127.0.0.1:1/none:x' }], cacheClient })
    await one.run('FROM scratch\nRUN three\n', { cacheFrom: [{ kind: 'local', dir: '/nonexistent/slipway', tag: 'latest' }], cacheClient })
    expect(notes(one)).toEqual(['CACHE_EMPTY', 'CACHE_IMPORT_FAILED', 'CACHE_EMPTY'])
    expect(one.ran).toHaveLength(3)
  })

  it('a layer that got lost is made again, and said', async () => {
    const one = await machine()
    const dir = join(one.storeDir, '../cache')
    const place = { kind: 'local', dir, tag: 'latest' } as const
    const cacheClient = () => testClient()
    const text = 'FROM scratch\nRUN one\nRUN two\n'
    await one.run(text, { cacheTo: to(place), cacheClient })
    const manifest = JSON.parse(await readFile(join(dir, 'index.json'), 'utf8')).manifests[0].digest.slice(7)
    const { layers } = JSON.parse(await readFile(join(dir, 'blobs/sha256', manifest), 'utf8'))
    for (const { digest } of layers) writeFileSync(join(dir, 'blobs/sha256', digest.slice(7)), 'damaged')
    const two = await machine()
    const built = await two.run(`${text}RUN three\n`, { cacheFrom: [place], cacheClient })
    expect(notes(two)).toContain('CACHE_LAYER_LOST')
    expect(two.ran).toHaveLength(3)
    expect(built.layers).toBe(3)
    for (const { digest } of layers) rmSync(join(dir, 'blobs/sha256', digest.slice(7)))
    const three = await machine()
    await three.run(text, { cacheFrom: [place], cacheClient })
    expect(three.ran).toHaveLength(2)
  })

  it('an export that fails fails the build, unless it says otherwise', async () => {
    const { cacheClient } = await registryPlace()
    const one = await machine()
    const place = { kind: 'registry', ref: '127.0.0.1:1/none:x' } as const
    const error = await one.run('FROM scratch\nRUN one\n', { cacheTo: to(place), cacheClient }).catch((e: unknown) => e)
    expect(isProblem(error, 'CACHE_EXPORT_FAILED')).toBe(true)
    await one.run('FROM scratch\nRUN one\n', { cacheTo: to(place, { ignoreError: true }), cacheClient })
    expect(notes(one)).toContain('CACHE_EXPORT_FAILED')
  })
})

describe('--explain-cache', () => {
  const text = 'FROM scratch AS base\nARG VERSION\nARG TOKEN=none\nCOPY src /src\nRUN install\nRUN test\n'
  const last = async (f: Fixture & { run: Given extends never ? never : (text: string, o?: Given) => unknown }, t: string, o: Given = {}) => {
    f.events.length = 0
    await f.run(t, { explainCache: true, ...o })
    return explained(f)
  }

  it('says of a first build that there is nothing to compare with, then where each step came from', async () => {
    const f = await machine()
    expect(await last(f, text)).toEqual([
      '[base 1/3] COPY src /src: not cached: no earlier build has a step like it',
      '[base 2/3] RUN install: not cached: no earlier build has a step like it',
      '[base 3/3] RUN test: not cached: no earlier build has a step like it',
    ])
    expect(await last(f, text)).toEqual([
      '[base 1/3] COPY src /src: cached, from this machine',
      '[base 2/3] RUN install: cached, from this machine',
      '[base 3/3] RUN test: cached, from this machine',
    ])
  })

  it('names the files that changed, and what stands on them', async () => {
    const f = await machine()
    await f.run(text)
    writeFileSync(join(f.contextDir, 'src/main.js'), 'other')
    writeFileSync(join(f.contextDir, 'src/new.js'), 'new')
    rmSync(join(f.contextDir, 'src/util.js'))
    expect(await last(f, text)).toEqual([
      '[base 1/3] COPY src /src: not cached: file src/main.js changed; file src/new.js was added; file src/util.js was removed',
      '[base 2/3] RUN install: not cached: it stands on "[base 1/3] COPY src /src"',
      '[base 3/3] RUN test: not cached: it stands on "[base 1/3] COPY src /src"',
    ])
  })

  it('names variables and never shows their values', async () => {
    const f = await machine()
    await f.run(text, {
      args: new Map([
        ['VERSION', '1'],
        ['TOKEN', 'hunter2-before'],
      ]),
    })
    const lines = await last(f, text, {
      args: new Map([
        ['VERSION', '2'],
        ['TOKEN', 'hunter2-after'],
      ]),
    })
    expect(lines[1]).toBe('[base 2/3] RUN install: not cached: ARG VERSION changed; ARG TOKEN changed')
    const everything = readdirSync(join(f.storeDir, 'build/records')).map((name) => readFile(join(f.storeDir, 'build/records', name), 'utf8'))
    expect((await Promise.all(everything)).join('\n') + lines.join('\n')).not.toMatch(/hunter2/)
  })

  it.each([
    ['the instruction', text.replace('RUN test', 'RUN test all'), {}, 'the instruction changed'],
    ['WORKDIR', text.replace('RUN test', 'WORKDIR /\nWORKDIR /src\nRUN test'), {}, 'it stands on'],
    ['USER', text.replace('RUN test', 'USER 5\nRUN test'), {}, 'USER changed'],
    ['ENV', text.replace('RUN test', 'ENV A=1\nRUN test'), {}, 'ENV A is new'],
    ['the network', text, { network: 'none' }, 'the network changed'],
    ['hosts', text, { addHosts: [{ name: 'a', address: '10.0.0.1' }] }, 'the list of hosts changed'],
    ['the platform', text, { platform: { os: 'linux', architecture: 'arm64' } }, 'the platform changed'],
    ['--no-cache', text, { noCache: true }, '--no-cache was given'],
    ['a mount', text.replace('RUN test', 'RUN --mount=type=tmpfs,target=/t test'), {}, 'mount 1, type=tmpfs, is new'],
  ] as const)('says when it was %s', async (_name, changed, given, expected) => {
    const f = await machine()
    await f.run(text)
    expect((await last(f, changed, given as Given)).at(-1)).toContain(expected)
  })

  it('says when a result is kept no more', async () => {
    const f = await machine()
    await f.run(text)
    rmSync(join(f.storeDir, 'build/snapshots'), { recursive: true })
    rmSync(join(f.storeDir, 'blobs'), { recursive: true })
    expect((await last(f, text))[1]).toBe('[base 2/3] RUN install: not cached: nothing changed, but the result of the earlier build is not kept any more')
  })

  it('knows of builds on other machines by their cache', async () => {
    const one = await machine()
    const place = { kind: 'local', dir: join(one.storeDir, '../cache'), tag: 'latest' } as const
    const cacheClient = () => testClient()
    await one.run(text, {
      cacheTo: to(place),
      cacheClient,
      args: new Map([
        ['VERSION', '1'],
        ['TOKEN', 'a'],
      ]),
    })
    const two = await machine({ ...files, 'src/main.js': 'other' })
    const lines = await last(two, text, {
      cacheFrom: [place],
      cacheClient,
      args: new Map([
        ['VERSION', '2'],
        ['TOKEN', 'b'],
      ]),
    })
    expect(lines[0]).toBe('[base 1/3] COPY src /src: not cached: file src/main.js changed')
    expect(lines[1]).toBe('[base 2/3] RUN install: not cached: it stands on "[base 1/3] COPY src /src"; ARG VERSION changed')
    for (const name of readdirSync(join(place.dir, 'blobs/sha256')))
      expect(await readFile(join(place.dir, 'blobs/sha256', name), 'latin1')).not.toContain('ARG TOKEN')
  })
})

describe('rules of a cache', () => {
  const text = 'FROM scratch\nCOPY package.json /app/\nRUN one\nCOPY src /app/src\nWORKDIR /w\n'
  const none = { anew: [], unshared: [] } as const

  it('run: made in every build, with what stands on it; the files are found', async () => {
    const f = await machine()
    await f.run(text)
    expect((await f.run(text)).cachedLayers).toBe(4)
    const built = await f.run(text, { cacheRules: { ...none, anew: ['run'] }, explainCache: true })
    expect(f.ran).toHaveLength(2)
    expect(built.cachedLayers).toBe(3)
    expect(explained(f)[1]).toMatch(/RUN one: not cached: layers of its kind are not kept$/)
  })

  it('copy: placed in every build; a command on top is found all the same', async () => {
    const f = await machine()
    await f.run(text)
    const built = await f.run(text, { cacheRules: { ...none, anew: ['copy'] } })
    expect([f.ran.length, built.cachedLayers]).toEqual([1, 1])
  })

  it.each([
    ['run', 2, 3],
    ['copy', 1, 1],
  ] as const)('%s: stays out of other places, whichever side says so', async (kind, ran, cached) => {
    const rules = { ...none, unshared: [kind] }
    for (const [exporting, importing] of [
      [rules, none],
      [none, rules],
    ]) {
      const place = { kind: 'local', dir: join((await machine()).storeDir, '../cache'), tag: 'latest' } as const
      const cacheClient = () => testClient()
      const [one, two] = [await machine(), await machine()]
      await one.run(text, { cacheTo: to(place), cacheClient, ...(exporting !== undefined && { cacheRules: exporting }) })
      const built = await two.run(text, { cacheFrom: [place], cacheClient, ...(importing !== undefined && { cacheRules: importing }) })
      expect([one.ran.length + two.ran.length, built.cachedLayers]).toEqual([ran, cached])
    }
  })

  it('age: what a command made longer ago is made again, here and from elsewhere', async () => {
    const place = { kind: 'local', dir: join((await machine()).storeDir, '../cache'), tag: 'latest' } as const
    const cacheClient = () => testClient()
    const [one, two] = [await machine(), await machine()]
    await one.run(text, { cacheTo: to(place), cacheClient })
    const hour = { ...none, maxAgeMs: 3_600_000 }
    await one.run(text, { cacheRules: hour })
    await two.run(text, { cacheFrom: [place], cacheClient, cacheRules: hour })
    expect([one.ran.length, two.ran.length]).toEqual([1, 0])
    await pause(30)
    await one.run(text, { cacheRules: { ...none, maxAgeMs: 1 }, explainCache: true })
    expect(one.ran).toHaveLength(2)
    expect(explained(one)[1]).toContain('is too old')
    const three = await machine()
    await three.run(text, { cacheFrom: [place], cacheClient, cacheRules: { ...none, maxAgeMs: 1 } })
    expect(three.ran).toHaveLength(1)
  })

  it('what a build of a fixed time leaves is as young as any other', async () => {
    const { registry } = await embeddedRegistry()
    const place = { kind: 'registry', ref: `${registry}/team/cache` } as const
    const cacheClient = () => testClient()
    const [one, two, three] = [await machine(), await machine(), await machine()]
    await one.run(text, { cacheTo: to(place), cacheClient, created: 0 })
    await two.run('FROM scratch\nRUN other\n', { cacheTo: to(place), cacheClient })
    await three.run(text, { cacheFrom: [place], cacheClient })
    expect(three.ran).toHaveLength(0)
  })
})

function existing(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder)
}
