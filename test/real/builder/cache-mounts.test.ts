/** What RUN --mount=type=cache keeps, carried from machine to machine: by archives, by a registry, by skopeo. Needs root, which becomes others. */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { startRegistry } from '../registry/start-registry.ts'
import { type RungNumber, slipwayOn } from './on-rung.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const uidmap = real('newuidmap', { apt: 'uidmap', version: ['newuidmap'] })
const registry = real('docker-registry', { apt: 'docker-registry' })
const skopeo = real('skopeo', { apt: 'skopeo' })
const missing = process.getuid?.() === 0 ? (busybox.missing ?? uidmap.missing ?? registry.missing ?? skopeo.missing) : 'becoming another user needs root'

const base = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
`
const mount = 'RUN --mount=type=cache,id=npm,target=/c,uid=7,gid=8,mode=2770'
const fill = `${base}${mount} mkdir /c/d && echo one > /c/d/f && chown 33:44 /c/d/f && chmod 4750 /c/d/f && chown 5:6 /c/d && ln /c/d/f /c/h && ln -s d/f /c/l && chown -h 0:0 /c/l \
  && truncate -s 30000000 /c/s && echo end >> /c/s && touch -d '2001-02-03 00:00:00' /c/d/f
RUN --mount=type=cache,target=/other,sharing=locked echo two > /other/x
`
const look = `${base}${mount} stat -c 'seen %u:%g %a %h %Y %n' /c /c/d /c/d/f /c/h; echo seen $(cat /c/d/f) $(readlink /c/l) $(wc -c < /c/s) $(test $(du -k /c/s | cut -f1) -lt 1000 && echo holes)
RUN --mount=type=cache,target=/other,sharing=locked echo seen $(cat /other/x)
`
const time = Date.UTC(2001, 1, 3) / 1000
const seen = [`7:8 2770 3 `, `5:6 2755 2 `, `33:44 4750 2 ${time} /c/d/f`, `33:44 4750 2 ${time} /c/h`, 'one d/f 30000004 holes', 'two']

describe('cache mounts between machines', promised('ci', needs(missing === undefined, missing ?? '')), () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-cache-mounts-'))
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'context'))
    copyFileSync(busybox.path, join(folder, 'context', 'busybox'))
    writeFileSync(join(folder, 'context', 'fill'), fill)
    writeFileSync(join(folder, 'context', 'look'), look)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** A data folder of its own, on a rung. */
  function machine(name: string, rung: RungNumber) {
    const own = join(folder, name)
    mkdirSync(own)
    const slipway = async (...args: string[]) => {
      const ran = await slipwayOn(rung, own, args)
      expect({ name, args, code: ran.code, said: ran.code === 0 ? '' : ran.said }).toEqual({ name, args, code: 0, said: '' })
      return ran
    }
    const build = (file: string, ...more: string[]) =>
      slipway('build', '--progress', 'plain', '-f', join(folder, 'context', file), '-t', 'a:1', ...more, join(folder, 'context'))
    return { slipway, build }
  }

  const close = (lines: readonly string[]) => lines.map((line, i) => (i < 2 ? line.replace(/\d+ \/c.*$/, '') : line))

  it.each<readonly [RungNumber, RungNumber]>([
    [2, 2],
    [2, 4],
    [4, 3],
    [3, 2],
    [1, 6],
    [6, 1],
  ])('keep owners, modes, times, links and holes: from rung %i to rung %i', { timeout: 120_000 }, async (from, to) => {
    const name = `${from}-${to}`
    const one = machine(`${name}-one`, from)
    await one.build('fill')
    const mounts = JSON.parse((await one.slipway('cache', 'mounts', '--json')).said) as { id: string; bytes: number; inUse: boolean }[]
    expect(mounts.map(({ id, inUse }) => [id, inUse])).toEqual([
      ['/other', false],
      ['npm', false],
    ])
    // Where nobody but this test may write: a user of one id writes into a folder of its own.
    const file = join(folder, `out-${name}`, 'mounts.tar')
    mkdirSync(join(folder, `out-${name}`))
    chmodSync(join(folder, `out-${name}`), 0o777)
    const digest = async (it: typeof one, path: string) => /sha256:[0-9a-f]{64}/.exec((await it.slipway('cache', 'export', path)).said)?.[0]
    const exported = await digest(one, file)
    const two = machine(`${name}-two`, to)
    expect((await two.slipway('cache', 'import', file)).said).toBe('/other  laid down\nnpm  laid down\n')
    expect((await two.slipway('cache', 'mounts')).said).toMatch(/used .* ago {2}npm\n/)
    expect(close((await two.build('look')).seen)).toEqual(seen)
    expect(await digest(two, `${file}-again`)).toBe(exported)
    const three = machine(`${name}-three`, to)
    await three.slipway('cache', 'import', '--id', '/other', file)
    expect((await three.build('look')).seen.at(-1)).toBe('two')
  })

  it('go through a registry: pushed, copied by skopeo, named by --cache-from', { timeout: 120_000 }, async () => {
    const server = await startRegistry(registry.path)
    try {
      const map = ['--map', `${server.host}=http://${server.host}`]
      const one = machine('registry-one', 2)
      await one.build('fill', ...map, '--cache-to', `type=registry,ref=${server.host}/acme/cache,mode=max,mounts=true`)
      const two = machine('registry-two', 4)
      expect(close((await two.build('look', ...map, '--cache-from', `${server.host}/acme/cache`)).seen)).toEqual(seen)
      await one.slipway('cache', 'export', '--id', 'npm', '--push', `${server.host}/acme/mounts:1`, ...map, join(folder, 'npm.tar'))
      const copies = ['copy', '--quiet', '--insecure-policy', '--dest-tls-verify=false']
      execFileSync(skopeo.path, [...copies, `oci-archive:${join(folder, 'npm.tar')}`, `docker://${server.host}/acme/mounts:2`])
      execFileSync(skopeo.path, [...copies, '--src-tls-verify=false', `docker://${server.host}/acme/mounts:1`, `docker://${server.host}/acme/mounts:3`])
      await one.slipway('push', join(folder, 'npm.tar'), `${server.host}/acme/mounts:4`, ...map)
      for (const tag of [1, 2, 3, 4]) {
        const next = machine(`registry-tag-${tag}`, 3)
        expect((await next.slipway('cache', 'import', `${server.host}/acme/mounts:${tag}`, ...map)).said).toBe('npm  laid down\n')
        if (tag === 2) expect(close((await next.build('look')).seen).slice(0, 5)).toEqual(seen.slice(0, 5))
      }
    } finally {
      await server.stop()
    }
  })
})
