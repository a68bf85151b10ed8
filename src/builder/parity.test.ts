/** Against recorded builds of a real BuildKit (that of Docker 28.5): layers entry by entry, configuration and history. `test/real/parity` records them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gnuTar } from '../../test/support/gnu-tar.ts'
import type { Image } from '../oci/views.ts'
import { type Fixture, fixture } from './build-fixture.ts'
import { baseDockerfile, type Recorded, recorded, recordedEntries, writeArchives, writeBaseContext, writeContext } from './parity-fixture.ts'

let plain: Fixture
let archives: Fixture
let below: Fixture
let base: Image
beforeAll(async () => {
  plain = await fixture()
  writeContext(plain.contextDir)
  archives = await fixture()
  writeContext(archives.contextDir)
  writeArchives(archives.contextDir)
  below = await fixture()
  writeBaseContext(below.contextDir)
  base = (await below.build(baseDockerfile, { created: 1_600_000_000_000 })).image
})
afterAll(async () => {
  for (const one of [plain, archives, below]) await one.remove()
})

async function check(f: Fixture, test: Recorded): Promise<void> {
  const work = f.build(test.dockerfile, {
    args: new Map(Object.entries(test.args ?? {})),
    created: Date.now(),
    noCache: true,
    baseImage: async () => base,
    ...(test.dockerignore !== undefined && { dockerignore: { name: '.dockerignore', text: test.dockerignore } }),
  })
  if (test.fails) return expect(work).rejects.toThrow()
  const { image } = await work
  const config = await image.config()
  expect(await Promise.all((await image.layers()).map(recordedEntries))).toEqual(test.layers)
  if (test.history === undefined) return
  const told = (config.history ?? []).map((line) => (line.created_by ?? '') + (line.empty_layer ? ' (empty)' : ''))
  expect(told).toEqual(test.history)
  expect(config.config).toEqual(test.config)
  expect(config.author).toBe(test.author)
}

describe('parity with BuildKit', gnuTar, () => {
  it.each(recorded('scratch'))('$name', (test) => check(plain, test))
  it.each(recorded('base'))('on a base: $name', (test) => check(plain, test))
  it.each(recorded('more'))('more: $name', (test) => check(archives, test))
  it.each(recorded('dockerignore'))('.dockerignore $name', async (test) => {
    // The recorded contexts held their .dockerignore as a file.
    const ignoring = await fixture()
    writeContext(ignoring.contextDir)
    writeFileSync(join(ignoring.contextDir, '.dockerignore'), test.dockerignore ?? '')
    await check(ignoring, test).finally(() => ignoring.remove())
  })
})
