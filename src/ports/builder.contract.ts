/** What every Builder promises, as tests. */
import { expect } from 'vitest'
import { type ContractOptions, describeContract } from '../../test/support/contract.ts'
import { isProblem } from '../base/problem.ts'
import type { BuildEvent } from '../events/build-event.ts'
import { digestOf } from '../oci/digest.ts'
import { collect } from '../oci/join.ts'
import { validate } from '../oci/validate.ts'
import type { Image, Layer } from '../oci/views.ts'
import type { Builder, Building, BuildRequest } from './builder.ts'

export interface BuilderUnderTest {
  readonly builder: Builder
  /** Holds the files `a` and `b`. */
  readonly contextDir: string
  /** What a build has left that was only for its own use. */
  readonly leftovers: () => readonly string[]
  /** All text that is kept between builds. */
  readonly kept: () => string
  /** Clears away what has not been used for long, where something does. */
  readonly clear?: () => Promise<void>
}

const signal = AbortSignal.timeout(600_000)
const amd = { os: 'linux', architecture: 'amd64' }
const arm = { os: 'linux', architecture: 'arm64' }
const plain = 'FROM scratch AS one\nCOPY a /a\nFROM scratch\nARG V\nCOPY --from=one /a /c\nCOPY b /b-$V\n'
const withSecret = 'FROM scratch\nCOPY a /a\nRUN --mount=type=secret,id=token ["/x"]\n'

export interface BuilderContractOptions extends ContractOptions {
  /** How many events a build is aborted at, spread over all of them; all without it. For builders that take seconds. */
  readonly aborts?: number
}

/** Each `make` has nothing yet. Commands of RUN do nothing. */
export function builderContract(make: () => Promise<BuilderUnderTest>, o: BuilderContractOptions = {}): void {
  describeContract('Builder', o, (promise) => {
    promise('has nothing against a plain build, and does nothing by saying so', async () => {
      const under = await make()
      const before = under.kept()
      expect(await under.builder.check(requestOf(under), { signal })).toEqual([])
      expect([under.kept(), under.leftovers()]).toEqual([before, []])
      expect(under.builder.name).toMatch(/\w/)
    })

    promise('makes a sound image, with the platform and the labels asked for', async () => {
      const under = await make()
      const labels = new Map([['org.acme.team', 'web']])
      const { image, layers } = await quietly(under, { labels, platform: arm })
      expect(await validate(image, { signal })).toEqual([])
      const config = await (image as Image).config()
      expect([config.architecture, config.os, config.config?.Labels]).toEqual(['arm64', 'linux', { 'org.acme.team': 'web' }])
      expect((await (image as Image).layers()).length).toBe(layers)
    })

    promise('gives equal digests for equal requests, again and anew, and others for others', async () => {
      const under = await make()
      const first = await digest(under)
      expect(await digest(under)).toBe(first)
      expect(await digest(under, { noCache: true })).toBe(first)
      expect(await digest(await make())).toBe(first)
      expect(await digest(under, { args: new Map([['V', '2']]) })).not.toBe(first)
    })

    promise('makes nothing twice', async () => {
      const under = await make()
      expect((await quietly(under)).cachedLayers).toBe(0)
      const again = await quietly(under)
      expect([again.layers > 0, again.cachedLayers]).toEqual([true, again.layers])
    })

    promise('builds side by side, the same and others', async () => {
      const under = await make()
      const versions = ['1', '2', '1', '2', '1']
      const digests = await Promise.all(versions.map((version) => digest(under, { args: new Map([['V', version]]) })))
      expect(new Set(digests).size).toBe(2)
      expect(digests).toEqual(versions.map((version) => digests[versions.indexOf(version)]))
      expect(under.leftovers()).toEqual([])
    })

    promise('makes an index of several platforms, in their order, and an image of one', async () => {
      const under = await make()
      const { image } = await quietly(under, { platforms: [arm, amd] })
      if (image.kind !== 'index') return expect.fail('an index was asked for')
      expect(await validate(image, { signal })).toEqual([])
      expect((await image.manifest()).manifests.map(({ platform }) => platform)).toEqual([arm, amd])
      expect((await quietly(under, { platforms: [arm] })).image.kind).toBe('image')
    })

    promise('tells steps that begin in order and end once, and nothing after the end', async () => {
      const under = await make()
      for (const change of [{}, {}, { platforms: [amd, arm] }]) {
        const events: BuildEvent[] = []
        await quietly(under, change, { emit: (event) => void events.push(event) })
        const told = events.length
        await turns()
        expect(events.length).toBe(told)
        expectSteps(events)
      }
    })

    promise('keeps secrets out of the image, of what it tells and of what it keeps', async () => {
      const under = await make()
      const events: BuildEvent[] = []
      const secrets = (text: string) => ({ dockerfile: { name: 'Dockerfile', text: withSecret }, secrets: new Map([['token', Buffer.from(text)]]) })
      const one = await quietly(under, secrets('sesame-one'), { emit: (event) => void events.push(event) })
      expect(await digest(under, { ...secrets('sesame-two'), noCache: true })).toBe(await one.image.digest())
      const config = (await (one.image as Image).configBytes()).toString()
      for (const text of [JSON.stringify(events), config, under.kept()]) expect(text).not.toContain('sesame')
    })

    promise('rejects with the reason when it is aborted already', async () => {
      const under = await make()
      await expect(quietly(under, {}, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
      expect(under.leftovers()).toEqual([])
    })

    promise('rejects with the reason when it is aborted at any of its events, and builds the same afterwards', async () => {
      const expected = await digest(await make())
      const all: BuildEvent[] = []
      await quietly(await make(), {}, { emit: (event) => void all.push(event) })
      for (const at of spread(all.length - 1, o.aborts ?? all.length)) {
        const under = await make()
        const stop = new AbortController()
        const events: BuildEvent[] = []
        const emit = (event: BuildEvent): void => {
          events.push(event)
          if (events.length === at + 1) stop.abort(new Error('enough'))
        }
        const ended = await quietly(under, {}, { signal: stop.signal, emit }).catch((error: unknown) => error)
        // Near its end it may have been done before it noticed.
        if (ended instanceof Error || at < all.length / 2) expect(String(ended), `at event ${at}`).toContain('enough')
        await turns()
        expectSteps(events)
        expect([under.leftovers(), await digest(under)]).toEqual([[], expected])
      }
    })

    promise('throws a Problem with its place for faults of the Dockerfile, and for what the context lacks', async () => {
      const under = await make()
      for (const text of ['FROM scratch\nCOPPY a /a\n', 'FROM scratch\nCOPY nosuch /a\n', 'FROM scratch\nCOPY a\n']) {
        const events: BuildEvent[] = []
        const building = quietly(under, { dockerfile: { name: 'my.Dockerfile', text } }, { emit: (event) => void events.push(event) })
        const error = await building.catch((caught: unknown) => caught)
        expect(isProblem(error) ? error.diagnostic.at : String(error)).toMatchObject({ file: 'my.Dockerfile', line: 2 })
        expectSteps(events)
        expect(under.leftovers()).toEqual([])
      }
    })

    promise('tells of layers that can be read and are in the image', async () => {
      const under = await make()
      const reading: Promise<void>[] = []
      const told: string[] = []
      const onLayer = (layer: Layer): void => void reading.push(readOne(layer, told))
      const { image } = await quietly(under, {}, { onLayer })
      await Promise.all(reading)
      expect(told.length).toBeGreaterThan(0)
      const own = await Promise.all((await (image as Image).layers()).map(async (layer) => (await layer.descriptor()).digest))
      expect(own).toEqual(expect.arrayContaining(told))
    })

    promise('hands out an image that can be read when the build is long over, others have followed, and what is too old is cleared away', async () => {
      const under = await make()
      const { image } = await quietly(under)
      await quietly(under, { args: new Map([['V', '2']]), noCache: true })
      await quietly(under, { dockerfile: { name: 'Dockerfile', text: 'FROM scratch\nCOPY nosuch /a\n' } }).catch(() => undefined)
      expect(under.leftovers()).toEqual([])
      await under.clear?.()
      expect(await validate(image, { signal })).toEqual([])
    })

    promise('leaves the request as it was', async () => {
      const under = await make()
      const request = frozen(requestOf(under, { labels: new Map([['x', 'y']]), args: new Map([['V', '1']]), platforms: [amd] }))
      const before = structuredClone(request)
      await under.builder.build(request, { signal, emit: () => undefined })
      expect(request).toEqual(before)
    })
  })
}

function requestOf({ contextDir }: BuilderUnderTest, change: Partial<BuildRequest> = {}): BuildRequest {
  return {
    contextDir,
    dockerfile: { name: 'Dockerfile', text: plain },
    args: new Map([['V', '1']]),
    labels: new Map(),
    platform: amd,
    created: 1_700_000_000_000,
    reproducible: true,
    noCache: false,
    ...change,
  }
}

function quietly(under: BuilderUnderTest, change: Partial<BuildRequest> = {}, building: Partial<Building> = {}) {
  return under.builder.build(requestOf(under, change), { signal, emit: () => undefined, ...building })
}

async function digest(under: BuilderUnderTest, change: Partial<BuildRequest> = {}): Promise<string> {
  return (await quietly(under, change)).image.digest()
}

function expectSteps(events: readonly BuildEvent[]): void {
  const begun = events.flatMap((event) => (event.kind === 'step' ? [event.step] : []))
  const ended = events.flatMap((event) => (event.kind === 'end' ? [event.step] : []))
  expect(begun).toEqual(begun.map((_, i) => i + 1))
  expect(ended.toSorted((a, b) => a - b)).toEqual(begun)
  for (const step of begun) {
    const own = events.filter((event) => 'step' in event && event.step === step).map(({ kind }) => kind)
    expect([own[0], own.at(-1)]).toEqual(['step', 'end'])
  }
}

async function readOne(layer: Layer, told: string[]): Promise<void> {
  const { digest: expected } = await layer.descriptor()
  const bytes = await collect(await layer.compressed({ signal }), 10_000_000)
  expect(bytes && digestOf(bytes)).toBe(expected)
  told.push(expected)
}

function frozen(request: BuildRequest): BuildRequest {
  Object.freeze(request.platforms)
  return Object.freeze(request)
}

/** `most` of the numbers below `count`, first and last among them. */
function spread(count: number, most: number): readonly number[] {
  if (most >= count) return Array.from({ length: count }, (_, at) => at)
  return [...new Set(Array.from({ length: most }, (_, at) => Math.round((at * (count - 1)) / (most - 1))))]
}

/** So that everything that could follow has followed. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}
