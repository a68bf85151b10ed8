/** Contexts from a stream: tars of any compression, a lone Dockerfile, and hostile tars that write nothing outside. */
import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { collect } from '../../oci/join.ts'
import { type TarItem, writeTar } from '../../tar/write-tar.ts'
import { fakeRemote } from './fake-remote-fixture.ts'
import { openContext, openStream } from './open-context.ts'

const { signal } = new AbortController()
const common = { uid: 5, gid: 5, mtimeNs: 1_600_000_000_000_000_000n }
const file = (path: string, text: string): TarItem => ({ entry: { kind: 'file', path, mode: 0o640, size: text.length, ...common }, body: Buffer.from(text) })

async function tar(...items: readonly TarItem[]): Promise<Buffer> {
  return (await collect(writeTar(items, { signal }), 2 ** 20)) as Buffer
}

const stream = (bytes: Uint8Array | string) => Readable.from([Buffer.from(bytes)], { objectMode: false })

describe('a context from a stream', () => {
  it('is unpacked, and gone when it is closed', async () => {
    const bytes = await tar(file('./Dockerfile', 'FROM scratch\n'), file('d/a', 'A'), {
      entry: { kind: 'hardlink', path: 'b', target: 'd/a', mode: 0o644, ...common },
    })
    for (const given of [bytes, gzipSync(bytes)]) {
      const { folder, close } = await openStream(stream(given), 'stdin', { signal })
      expect([readFileSync(join(folder, 'b'), 'utf8'), lstatSync(join(folder, 'd/a')).mode & 0o777]).toEqual(['A', 0o640])
      expect(lstatSync(join(folder, 'd/a')).mtimeMs).toBe(1_600_000_000_000)
      await close()
      expect(existsSync(folder)).toBe(false)
    }
  })

  it('may be nothing but a Dockerfile', async () => {
    const { folder, close } = await openStream(stream('FROM scratch\n'), 'stdin', { signal })
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toBe('FROM scratch\n')
    await close()
  })

  it('writes nothing outside its folder', async () => {
    const outside = join(tmpdir(), `slipway-outside-${Date.now()}`)
    const link: TarItem = { entry: { kind: 'symlink', path: 'out', target: tmpdir(), mode: 0o777, ...common } }
    const bytes = await tar(link, file(`out/${outside.split('/').at(-1)}`, 'X'), file('a', 'A'))
    const { folder, close } = await openStream(stream(bytes), 'stdin', { signal })
    expect([existsSync(outside), lstatSync(join(folder, 'out')).isDirectory()]).toEqual([false, true])
    await close()
    const lost = await tar({ entry: { kind: 'hardlink', path: 'h', target: 'nowhere', mode: 0o644, ...common } })
    await expect(openStream(stream(lost), 'stdin', { signal })).rejects.toThrow('leads to nothing')
    await expect(openStream(stream(gzipSync(bytes).subarray(0, 60)), 'stdin', { signal })).rejects.toThrow()
  })
})

describe('a context from outside', () => {
  it('is a folder of a repository, or a tar of the web; anything else is a folder of this machine', async () => {
    const body = await tar(file('Dockerfile', 'FROM scratch\n'))
    const remote = fakeRemote({ files: { 'https://h/c.tar': { body } }, repositories: { 'https://h/r.git': { 'sub/f': 'F' } } })
    const web = await openContext('https://h/c.tar', { remote, signal })
    expect(existsSync(join(web?.folder ?? '', 'Dockerfile'))).toBe(true)
    await web?.close()
    const git = await openContext('https://h/r.git#main:sub', { remote, signal })
    expect(readFileSync(join(git?.folder ?? '', 'f'), 'utf8')).toBe('F')
    await git?.close()
    expect(existsSync(git?.folder ?? '')).toBe(false)
    await expect(openContext('https://h/r.git#main:../../etc', { remote, signal })).rejects.toThrow('has no folder')
    expect(await openContext('.', { remote, signal })).toBeUndefined()
  })
})
