import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { brandAs } from '../../../base/brand.ts'
import type { Recorded, RunId } from '../../../events/run-event.ts'
import { stepPath } from '../../../events/step-path.ts'
import { entrySize } from './index-entry.ts'
import { type LogReader, logReader } from './log-reader.ts'
import { logWriter } from './log-writer.ts'

const run = brandAs<RunId>('r')
const piece = (seq: number, step: string, text: string): Recorded => ({
  run,
  seq,
  at: 1000 + seq,
  event: { kind: 'step.output', step: stepPath(step), stream: seq % 2 === 0 ? 'err' : 'out', text },
})

async function written(all: readonly Recorded[]): Promise<string> {
  const { dir } = tempProject()
  const writer = await logWriter(join(dir, 'log'))
  for (let i = 0; i < all.length; i += 7) await writer.append(all.slice(i, i + 7))
  await writer.close()
  return join(dir, 'log')
}

async function reading<T>(dir: string, use: (reader: LogReader) => Promise<T>): Promise<T> {
  const reader = await logReader(dir)
  if (reader === undefined) throw new Error('no log')
  try {
    return await use(reader)
  } finally {
    await reader.close()
  }
}

const readAll = (dir: string, o: { after?: number; step?: string } = {}): Promise<readonly Recorded[]> =>
  reading(dir, async (reader) => Array.fromAsync(reader.read(run, { after: 0, ...o, entries: await reader.entries() })))

describe('log files', () => {
  const all = Array.from({ length: 9000 }, (_, i) => piece(i + 1, i % 100 === 0 ? 's/rare' : 's/often', `${i} — ✓\n`))

  it('give every piece back as it was, from any point', async () => {
    const dir = await written(all)
    expect(await readAll(dir)).toEqual(all)
    for (const after of [1, 4095, 4096, 8999, 9000]) expect(await readAll(dir, { after })).toEqual(all.slice(after))
  })

  it('give the pieces of one step, also where others lie between', async () => {
    const dir = await written(all)
    expect(await readAll(dir, { step: 's/rare' })).toEqual(all.filter((_, i) => i % 100 === 0))
    expect(await readAll(dir, { step: 's/none' })).toEqual([])
  })

  it('hold the output as it is, in one file', async () => {
    const dir = await written(all.slice(0, 3))
    expect(readFileSync(join(dir, 'text'), 'utf8')).toBe('0 — ✓\n1 — ✓\n2 — ✓\n')
    expect(readFileSync(join(dir, 'index')).length).toBe(3 * entrySize)
  })

  it('end at the last whole entry when a crash cut the files off', async () => {
    const dir = await written(all.slice(0, 10))
    truncateSync(join(dir, 'index'), 8 * entrySize + 5)
    appendFileSync(join(dir, 'text'), 'text without an entry')
    appendFileSync(join(dir, 'steps'), '"s/ne')
    expect(await readAll(dir)).toEqual(all.slice(0, 8))
  })

  it('are gone on with by another writer, also where a crash cut them off', async () => {
    const dir = await written(all.slice(0, 102))
    truncateSync(join(dir, 'index'), 101 * entrySize + 5)
    appendFileSync(join(dir, 'steps'), '"s/a name that was cut')
    const more = [piece(200, 's/new', 'new\n'), piece(201, 's/often', 'often\n'), piece(202, 's/newer', 'newer\n')]
    const writer = await logWriter(dir)
    for (const one of more) await writer.append([one])
    await writer.close()
    expect(await readAll(dir)).toEqual([...all.slice(0, 101), ...more])
  })

  it('are written over where a full disk cut a write off', async () => {
    const { dir } = tempProject()
    const writer = await logWriter(dir)
    await writer.append([piece(1, 's/a', 'one\n')])
    // What a write leaves that failed in the middle.
    writeFileSync(join(dir, 'text'), 'one\ntw')
    await writer.append([piece(2, 's/a', 'two\n')])
    await writer.close()
    expect(readFileSync(join(dir, 'text'), 'utf8')).toBe('one\ntwo\n')
    expect((await readAll(dir)).length).toBe(2)
  })

  it('find where the last lines of a step begin', async () => {
    const dir = await written(all)
    const mark = await reading(dir, (reader) => reader.mark({ lines: 3, step: 's/rare' }))
    expect((await readAll(dir, { after: mark, step: 's/rare' })).map(({ seq }) => seq)).toEqual([8601, 8701, 8801, 8901])
  })
})
