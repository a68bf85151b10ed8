/** ADD of what lies outside, and named contexts: where files go, with which rights and times, and when nothing is fetched again. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, describe, expect, it } from 'vitest'
import { gnuTar } from '../../test/support/gnu-tar.ts'
import { findProgram } from '../../test/support/real.ts'
import { needs } from '../../test/support/skip.ts'
import type { Layer } from '../oci/views.ts'
import { streamSource } from '../tar/byte-source.ts'
import { readTar } from '../tar/read-tar.ts'
import { entriesOf, type Files, type Fixture, fixture, layersOf } from './build-fixture.ts'
import { type FakeWeb, fakeCommit, fakeRemote } from './context/fake-remote-fixture.ts'

const open: Fixture[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.remove()
})

async function start(web: FakeWeb = {}, files: Files = {}) {
  const f = await fixture(files)
  open.push(f)
  const remote = fakeRemote(web)
  return { f, remote, build: (text: string, o: Parameters<Fixture['build']>[1] = {}) => f.build(text, { remote, ...o }) }
}

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

async function times(layer: Layer): Promise<Record<string, number>> {
  const { signal } = new AbortController()
  const found: Record<string, number> = {}
  for await (const { entry } of readTar(streamSource(await layer.uncompressed({ signal })), { signal }))
    found[entry.path] = Number(entry.mtimeNs / 1_000_000_000n)
  return found
}

const url = 'https://files.example/dir/tool.sh?x=1'
const lastModified = 'Wed, 21 Oct 2015 07:28:00 GMT'

describe('ADD of a web address', () => {
  it('makes a file for its owner alone, named by the address, as old as the server says', async () => {
    const { build } = await start({ files: { [url]: { body: 'T', lastModified }, 'https://files.example': { body: 'R' } } })
    const { image } = await build(`FROM scratch\nADD ${url} /bin/\nADD ${url} /opt/x\nADD --chown=1:2 --chmod=755 ${url} /y\nADD https://files.example /z/\n`)
    const layers = await layersOf(image)
    expect(layers.map((lines) => lines.at(-1))).toEqual(['bin/tool.sh 600 0:0 T', 'opt/x 600 0:0 T', 'y 755 1:2 T', 'z/__unnamed__ 600 0:0 R'])
    const stamps = await Promise.all((await image.layers()).map(times))
    expect([stamps[0]?.['bin/tool.sh'], stamps[3]?.['z/__unnamed__']]).toEqual([1445412480, 0])
    expect((await image.config()).history?.[0]?.created_by).toBe(`ADD ${url} /bin/ # buildkit`)
  })

  it('asks whether the file has changed, and not even that with a checksum', async () => {
    const files = { [url]: { body: 'T', etag: '"1"' } }
    const { build, remote } = await start({ files })
    const text = `FROM scratch\nADD ${url} /a\nADD ${url} /b\n`
    await build(text)
    expect((await build(text)).cachedLayers).toBe(2)
    await build(`FROM scratch\nADD --checksum=${sha256('T')} ${url} /c\n`)
    expect(remote.asked).toEqual([`GET ${url}`, `304 ${url}`])
    files[url] = { body: 'new', etag: '"2"' }
    expect((await layersOf((await build(text)).image))[0]).toEqual(['a 600 0:0 new'])
    await build(text, { noCache: true })
    expect(remote.asked.slice(2)).toEqual([`GET ${url}`, `GET ${url}`])
  })

  it('refuses what is not as the checksum says, and keeps nothing of it', async () => {
    const { build } = await start({ files: { [url]: { body: 'T' } } })
    await expect(build(`FROM scratch\nADD --checksum=${sha256('other')} ${url} /a\n`)).rejects.toThrow(`it is ${sha256('T')}, not ${sha256('other')}`)
    await expect(build(`FROM scratch\nADD --checksum=nonsense ${url} /a\n`)).rejects.toThrow('no checksum')
    await expect(build(`FROM scratch\nADD --checksum=${sha256('T')} ${url} ${url} /a/\n`)).rejects.toThrow('--checksum is for one')
  })

  it('shows no password of the address in history, messages or events', async () => {
    const secret = 'https://user:hunter2@files.example/f'
    const { build, f } = await start({ files: { [secret]: { body: 'F' } } })
    const { image } = await build(`FROM scratch\nADD ${secret} /f\n`)
    expect(JSON.stringify([await image.config(), f.events])).not.toContain('hunter2')
    expect((await image.config()).history?.[0]?.created_by).toBe('ADD https://files.example/f /f # buildkit')
  })

  it('unpacks only when told to', gnuTar, async () => {
    const { f, build } = await start({}, { 'd/one': '1' })
    execFileSync('tar', ['-C', join(f.contextDir, 'd'), '--owner=0', '--group=0', '-czf', join(f.contextDir, 'a.tgz'), 'one'])
    const body = readFileSync(join(f.contextDir, 'a.tgz'))
    const remote = fakeRemote({ files: { 'http://h/a.tgz': { body } } })
    const names = async (flag: string) =>
      (await layersOf((await build(`FROM scratch\nADD ${flag} http://h/a.tgz /x/\n`, { remote })).image))[0]?.map((line) => line.split(' ')[0])
    expect(await names('')).toEqual(['x/', 'x/a.tgz'])
    expect(await names('--unpack=true')).toEqual(['x/', 'x/one'])
  })
})

describe('ADD of a repository', () => {
  const repositories = { 'https://git.example/r.git': { 'a.txt': 'A', 'sub/run.sh': '#!', 'sub/b': 'B' } }

  it('copies the files of the commit, as old as it, with rights of their own', async () => {
    const { build, remote } = await start({ repositories })
    const { image } = await build('FROM scratch\nADD https://git.example/r.git#v1:sub /r\nADD --keep-git-dir=true https://git.example/r.git /k\n')
    const [sub, kept] = await layersOf(image)
    expect(sub).toEqual(['r/ 755 0:0', 'r/b 644 0:0 B', 'r/run.sh 755 0:0 #!'])
    expect(kept).toContain('k/.git/HEAD 644 0:0 ref')
    expect((await times((await image.layers())[0] as Layer))['r/b']).toBe(1_500_000_000)
    expect(remote.asked).toEqual(['git https://git.example/r.git v1', 'git https://git.example/r.git'])
  })

  it('is cached by what is in it, checked against a commit, and complains of folders that are not there', async () => {
    const { build } = await start({ repositories })
    const text = 'FROM scratch\nADD https://git.example/r.git /r\n'
    await build(text)
    expect((await build(text)).cachedLayers).toBe(1)
    await build(`FROM scratch\nADD --checksum=${fakeCommit} https://git.example/r.git /r\n`)
    await expect(build(`FROM scratch\nADD --checksum=${'1'.repeat(40)} https://git.example/r.git /r\n`)).rejects.toThrow('is not what --checksum says')
    await expect(build('FROM scratch\nADD https://git.example/r.git#main:nowhere /r\n')).rejects.toThrow('has no folder nowhere')
  })

  it('is reached with the token and the agent that the build was given', async () => {
    const { build, remote } = await start({ repositories })
    const secrets = new Map([['GIT_AUTH_TOKEN', Buffer.from('t0ken\n')]])
    await build('FROM scratch\nADD https://git.example/r.git /r\n', { secrets, ssh: new Map([['default', { kind: 'agent', socket: '/s' }]]) })
    expect(remote.access).toEqual([{ token: 't0ken', agent: '/s' }])
  })
})

describe('ADD of local archives', () => {
  for (const [flag, name, tool] of [
    ['J', 'a.tar.xz', 'xz'],
    ['j', 'a.tar.bz2', 'bzip2'],
  ] as const)
    it(`unpacks ${name}`, needs(findProgram(tool, process.env) !== undefined, `${tool} is not installed`), async () => {
      const { f, build } = await start({}, { 'd/one': 'x'.repeat(300_000), 'd/two': '2' })
      execFileSync('tar', ['-C', join(f.contextDir, 'd'), '--owner=0', '--group=0', `-c${flag}f`, join(f.contextDir, name), 'one', 'two'])
      const layers = await layersOf((await build(`FROM scratch\nADD ${name} /x/\n`)).image)
      expect(layers[0]?.map((line) => line.slice(0, 24))).toEqual(['x/ 755 0:0', `x/one 644 0:0 ${'x'.repeat(10)}`, 'x/two 644 0:0 2'])
      const packed = readFileSync(join(f.contextDir, name))
      writeFileSync(join(f.contextDir, name), packed.subarray(0, packed.length - 40))
      await expect(build(`FROM scratch\nADD ${name} /x/\n`)).rejects.toThrow(`${name} cannot be unpacked as ${tool}`)
    })
})

describe('named contexts', () => {
  it('stand for folders in COPY --from, FROM and mounts, with an ignore file of their own', async () => {
    const { f, build } = await start({}, { 'other/in': 'I', 'other/out': 'O' })
    const folder = join(f.contextDir, 'other')
    const contexts = new Map([['more', { kind: 'folder', folder, dockerignore: { name: '.dockerignore', text: 'out\n' } } as const]])
    const { image } = await build('FROM more AS x\nFROM scratch\nCOPY --from=more . /a/\nCOPY --from=x /in /b\n', { contexts })
    expect(await layersOf(image)).toEqual([['a/ 755 0:0', 'a/in 644 0:0 I'], ['b 644 0:0 I']])
  })

  it('go before stages and images of their name, in any spelling of an image', async () => {
    const { f, build } = await start({}, { 'other/f': 'F' })
    mkdirSync(join(f.contextDir, 'alpine'))
    writeFileSync(join(f.contextDir, 'alpine/f'), 'A')
    const contexts = new Map([
      ['stage', { kind: 'folder', folder: join(f.contextDir, 'other') } as const],
      ['alpine', { kind: 'folder', folder: join(f.contextDir, 'alpine') } as const],
    ])
    const { image } = await build('FROM nowhere AS stage\nRUN never\nFROM docker.io/library/alpine:latest\nCOPY --from=stage f /g\n', { contexts })
    expect(await Promise.all((await image.layers()).map(entriesOf))).toEqual([['f 644 0:0 A'], ['g 644 0:0 F']])
  })

  it('stand for other images', async () => {
    const { build } = await start({}, { a: 'A' })
    const { image } = await build('FROM scratch\nCOPY a /\n')
    const asked: string[] = []
    const baseImage = async (name: string) => {
      asked.push(name)
      return image
    }
    await build('FROM base\n', { baseImage, contexts: new Map([['base', { kind: 'image', name: 'real:1' } as const]]) })
    expect(asked).toEqual(['real:1'])
  })
})
