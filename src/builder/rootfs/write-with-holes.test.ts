import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { filled, writeWithHoles } from './write-with-holes.ts'

it('writes any file as it is, in any chunks', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-holes-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  let n = 0
  const piece = fc.tuple(fc.nat(9000), fc.boolean()).map(([size, empty]) => Buffer.alloc(size, empty ? 0 : 7))
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (chunks) => {
      const file = join(dir, String(n++))
      await writeWithHoles(file, Readable.from(chunks.filter(({ length }) => length > 0)), { signal: AbortSignal.timeout(20_000) })
      expect(readFileSync(file).equals(Buffer.concat(chunks))).toBe(true)
    }),
    { numRuns: 50 },
  )
})

it('leaves out zeros by the blocks of the file, wherever chunks end', () => {
  expect(filled(Buffer.alloc(8192), 0)).toEqual([])
  expect(filled(Buffer.alloc(8192), 1)).toEqual([])
  expect(filled(Buffer.concat([Buffer.alloc(4095), Buffer.from('xy')]), 1)).toEqual([[4095, 4097]])
  const mixed = Buffer.concat([Buffer.alloc(4096), Buffer.from('x'), Buffer.alloc(4095), Buffer.alloc(4096)])
  expect(filled(mixed, 0)).toEqual([[4096, 8192]])
})
