import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../../../test/support/fake-clock.ts'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { systemClock } from '../../../main/system-clock.ts'
import { stepCacheContract } from '../../../ports/step-cache.contract.ts'
import { type FolderCacheOptions, folderCache } from './folder-cache.ts'

const { signal } = new AbortController()
const day = 24 * 3_600_000

function made(o: Partial<FolderCacheOptions> = {}) {
  const dir = join(tempProject().dir, 'saved')
  return { dir, cache: folderCache({ dir, clock: systemClock, ...o }) }
}

const put = (cache: ReturnType<typeof folderCache>, key: string, size = 1000) =>
  cache.save(key, () => Readable.from([Buffer.alloc(size, key)], { objectMode: false }), { override: true, signal })
const keysOf = async (cache: ReturnType<typeof folderCache>) => (await cache.find('', { match: 'prefix', signal })).map(({ key }) => key)

stepCacheContract(async () => {
  // The time of files that are being written is that of the machine.
  const clock = fakeClock(Date.now())
  return { cache: made({ clock }).cache, largePart: 100_000, tick: () => clock.advance(1) }
})

describe('saved files in a folder', () => {
  it('leave no file of their own behind but one for each key', async () => {
    const { cache, dir } = made()
    await put(cache, 'a')
    await put(cache, 'a')
    await put(cache, 'b')
    expect(readdirSync(dir)).toHaveLength(2)
    expect(readdirSync(dir).every((name) => name.endsWith('.saved'))).toBe(true)
  })

  it('go when nobody used them for long, then the longest unused until the rest is small enough; what was just saved stays', async () => {
    const { cache, dir } = made({ limits: { unusedMs: 15 * day, keepBytes: 16_000 } })
    const age = (key: string, days: number) => {
      const when = new Date(Date.now() - days * day)
      const file = readdirSync(dir).find((name) => !before.has(name)) ?? ''
      before.add(file)
      utimesSync(join(dir, file), when, when)
      return key
    }
    const before = new Set<string>()
    for (const [key, days] of [
      ['ancient', 16],
      ['old', 3],
      ['new', 1],
    ] as const) {
      await cache.save(key, () => Readable.from([Buffer.alloc(1000)], { objectMode: false }), { override: true, signal })
      age(key, days)
    }
    const [old] = await cache.find('old', { match: 'exact', signal })
    if (old === undefined) throw new Error('it was saved')
    await (await cache.fetch(old, { signal })).close()
    await put(cache, 'large', 6000)
    expect((await keysOf(cache)).toSorted()).toEqual(['large', 'old'])
    await put(cache, 'huge', 60_000)
    expect(await keysOf(cache)).toEqual(['huge'])
  })

  it('do not count when they were cut or are none of ours, and parts of a save that ended long ago go', async () => {
    const { cache, dir } = made()
    await put(cache, 'a')
    const [name = ''] = readdirSync(dir)
    writeFileSync(join(dir, name), 'slipway-saved-1\n{"key":"a","savedMs":1,"bytes":1000}')
    expect(await cache.find('a', { match: 'exact', signal })).toEqual([])
    const part = join(dir, '.x.part')
    writeFileSync(part, 'half')
    utimesSync(part, new Date(Date.now() - 2 * day), new Date(Date.now() - 2 * day))
    writeFileSync(join(dir, '.y.part'), 'at work')
    await put(cache, 'a')
    expect(readdirSync(dir).filter((file) => file.startsWith('.'))).toEqual(['.y.part'])
    expect(await keysOf(cache)).toEqual(['a'])
  })

  it('are not given out when they are not what was written', async () => {
    const { cache, dir } = made()
    await put(cache, 'a')
    const file = join(dir, readdirSync(dir)[0] ?? '')
    const bytes = readFileSync(file)
    bytes.writeUInt8(7, bytes.length - 10)
    writeFileSync(file, bytes)
    const [saved] = await cache.find('a', { match: 'exact', signal })
    if (saved === undefined) throw new Error('it was saved')
    await expect(cache.fetch(saved, { signal })).rejects.toMatchObject({ code: 'STEP_CACHE_DAMAGED' })
  })

  it('say where they cannot be written', async () => {
    const { dir } = tempProject({ taken: 'a file' })
    const cache = folderCache({ dir: join(dir, 'taken'), clock: systemClock })
    await expect(put(cache, 'a')).rejects.toMatchObject({ code: 'STEP_CACHE_FOLDER_FAILED' })
  })
})
