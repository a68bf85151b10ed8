/** What RUN --mount=type=cache keeps, in caches of other machines. */
import { readdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { embeddedRegistry, testClient } from '../../../test/support/registry/embedded.ts'
import type { CacheSource, CacheTarget } from '../../image-job/cache-place.ts'
import type { BuildRequest } from '../../ports/builder.ts'
import { fixture } from '../build-fixture.ts'
import { fakeSandbox } from '../exec/fake-sandbox-fixture.ts'

const cacheClient = () => testClient()
const to = (place: CacheSource, o: Partial<CacheTarget> = {}) => [{ ...place, mode: 'max', ignoreError: false, mounts: true, ...o } as CacheTarget]

/** A machine of its own, whose RUN tells what it finds in its cache mount and leaves a file named as its word. */
async function machine() {
  const f = await fixture({ 'package.json': '{}' })
  onTestFinished(() => f.remove())
  const seen: string[][] = []
  const sandbox = fakeSandbox({
    act({ mounts, process }) {
      for (const mount of mounts) {
        if (mount.kind !== 'folder') continue
        seen.push(readdirSync(mount.source).sort())
        writeFileSync(join(mount.source, process.args.at(-1) ?? ''), 'kept')
      }
      return 0
    },
  })
  const run = (word: string, o: Partial<BuildRequest> = {}) =>
    f.build(`FROM scratch\nRUN --mount=type=cache,target=/c ${word}\n`, { sandbox, cacheClient, ...o })
  return { ...f, seen, run }
}

describe('a cache with mounts', () => {
  it('shows a command what the folders held elsewhere, when it is done again', async () => {
    const { registry } = await embeddedRegistry()
    const place = { kind: 'registry', ref: `${registry}/team/cache:main` } as const
    const one = await machine()
    await one.run('one', { cacheTo: to(place) })
    // By a build that had none: what is there stays there.
    await one.build('FROM scratch\nCOPY . /\n', { cacheTo: to(place), cacheClient })
    const two = await machine()
    await two.run('two', { cacheFrom: [place], cacheTo: to(place) })
    const three = await machine()
    await three.run('three', { cacheFrom: [place] })
    await three.run('four', { cacheFrom: [place] })
    expect([one.seen, two.seen, three.seen]).toEqual([
      [[]],
      [['one']],
      [
        ['one', 'two'],
        ['one', 'three', 'two'],
      ],
    ])
    const alone = await machine()
    await alone.run('five')
    expect(alone.seen).toEqual([[]])
  })

  it('that got lost: the command begins anew, and that is said', async () => {
    const one = await machine()
    const place = { kind: 'local', dir: join(one.storeDir, '../cache'), tag: 'latest' } as const
    await one.run('one', { cacheTo: to(place, { mode: 'min' }) })
    const manifest = JSON.parse(await readFile(join(place.dir, 'index.json'), 'utf8')).manifests[0].digest.slice(7)
    const { layers } = JSON.parse(await readFile(join(place.dir, 'blobs/sha256', manifest), 'utf8'))
    for (const { digest } of layers) writeFileSync(join(place.dir, 'blobs/sha256', digest.slice(7)), 'damaged')
    const two = await machine()
    await two.run('two', { cacheFrom: [place] })
    expect([two.seen, two.events.flatMap((event) => (event.kind === 'note' ? [event.note.code] : []))]).toEqual([[[]], ['CACHE_MOUNT_NOT_IMPORTED']])
  })

  it('is written as before where nobody asks for mounts', async () => {
    const one = await machine()
    const place = { kind: 'local', dir: join(one.storeDir, '../cache'), tag: 'latest' } as const
    await one.run('one', { cacheTo: [{ ...place, mode: 'max', ignoreError: false }] })
    const two = await machine()
    await two.run('two', { cacheFrom: [place] })
    expect(two.seen).toEqual([[]])
  })
})
