/** One data folder, used on one rung after the other: owners stay what they were, whoever looks. Needs root, which becomes others. */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { homeOf, type RungNumber, slipwayOn } from './on-rung.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const uidmap = real('newuidmap', { apt: 'uidmap', version: ['newuidmap'] })
const missing = process.getuid?.() === 0 ? (busybox.missing ?? uidmap.missing) : 'becoming another user needs root'

const begin = `FROM scratch
COPY --chown=7:8 busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install -s /bin; mkdir /d; echo x > /f; chown 33:44 /f; chown 55:66 /d; ln -s f /l; chown -h 3:4 /l; rm -rf /bin/vi"]
`
const look = "RUN stat -c 'seen %u:%g %n' /f /d /l /bin/busybox; test -e /bin/vi || echo seen no vi\n"
const seen = ['33:44 /f', '55:66 /d', '3:4 /l', '7:8 /bin/busybox', 'no vi']

describe('a data folder that changes its rung', promised('ci', needs(missing === undefined, missing ?? '')), () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-changed-rungs-'))
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'context'))
    copyFileSync(busybox.path, join(folder, 'context', 'busybox'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const orders: readonly (readonly RungNumber[])[] = [
    [4, 3, 4],
    [4, 2, 6, 1],
    [3, 4, 3],
    [6, 2, 6],
  ]
  it.each(orders.map((order) => [order.join(', '), order] as const))('keeps all owners: rungs %s', { timeout: 120_000 }, async (name, order) => {
    let last: RungNumber | undefined
    for (const [i, rung] of order.entries()) {
      if (last !== undefined && last !== rung) renameSync(homeOf(last, folder), homeOf(rung, folder))
      last = rung
      // What the first RUN made is found by those who come later; the second one always runs.
      writeFileSync(join(folder, 'context', 'Dockerfile'), `${begin}RUN echo ${name} ${i} > /n\n${look}`)
      const built = await slipwayOn(rung, folder, ['build', '--progress', 'plain', '-t', 'a:1', join(folder, 'context')])
      expect({ rung, code: built.code, said: built.code === 0 ? '' : built.said }).toEqual({ rung, code: 0, said: '' })
      expect({ rung, seen: built.seen }).toEqual({ rung, seen })
      if (i > 0) expect(built.said).toMatch(/^#\d+ CACHED/m)
    }
    if (last !== undefined) rmSync(homeOf(last, folder), { recursive: true, force: true })
  })
})
