/** A package manager in a RUN: apt-get drops to its own user, gives files away, sets capabilities, and needs the network. Needs root and a mirror. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, describe, expect, it } from 'vitest'
import { type Fixture, fixture } from '../../../src/builder/build-fixture.ts'
import { real } from '../../support/real.ts'
import { needs } from '../../support/skip.ts'

const debootstrap = real('debootstrap', { apt: 'debootstrap' })
const folder = mkdtempSync(join(tmpdir(), 'slipway-debian-'))
const missing = process.getuid?.() === 0 ? (debootstrap.missing ?? makeTree()) : 'debootstrap needs root'

/** Why there is none. */
function makeTree(): string | undefined {
  try {
    execFileSync(debootstrap.path, ['--variant=minbase', 'bookworm', join(folder, 'root')], { stdio: 'ignore', timeout: 240_000 })
    execFileSync('/bin/tar', ['-C', join(folder, 'root'), '--exclude=./var/cache/apt/archives/*.deb', '-cf', join(folder, 'debian.tar'), '.'])
    return undefined
  } catch (error) {
    return `no Debian tree could be made: ${error instanceof Error ? error.message : error}`
  }
}

describe('apt-get in a RUN', needs(missing === undefined, missing ?? ''), () => {
  let f: Fixture | undefined
  afterAll(async () => {
    await f?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  it('installs a package with a capability, which later users have', async () => {
    f = await fixture()
    const base = (await f.build('FROM scratch\nADD debian.tar /\n', { contextDir: folder })).image
    const text = `FROM debian
RUN apt-get update && apt-get install -y --no-install-recommends iputils-ping && rm -rf /var/lib/apt/lists/*
RUN useradd -m -G staff app && getcap /usr/bin/ping
USER app
RUN id -Gn && ping -c 1 127.0.0.1 | grep -c "1 received"
`
    const built = await f.build(text, { baseImage: async () => base })
    const logs = f.events.flatMap((event) => (event.kind === 'log' ? event.text : []))
    expect(logs).toEqual(expect.arrayContaining(['/usr/bin/ping cap_net_raw=ep', 'app staff', '1']))
    expect(built.layers).toBe(4)
    expect((await f.build(text, { baseImage: async () => base })).cachedLayers).toBe(3)
  }, 240_000)
})
