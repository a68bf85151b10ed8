/** A workspace on two sides: what each side sees of the other, and when. */
import { existsSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { streamSource } from '../../../tar/byte-source.ts'
import type { TarEntry } from '../../../tar/entry.ts'
import { readTar } from '../../../tar/read-tar.ts'
import { writeTar } from '../../../tar/write-tar.ts'
import { copiedFiles } from './workspace-files.ts'

const o = { signal: new AbortController().signal }
const root = { uid: 0, gid: 0 }
const common = { mode: 0o644, uid: 0, gid: 0, mtimeNs: 5_000_000_000n }

/** A volume, as far as tars reach. */
function workspace() {
  const folder = join(tempProject().dir, 'harness')
  mkdirSync(folder)
  const there = new Map<string, { readonly entry: TarEntry; readonly body: Buffer }>()
  const traffic = { put: [] as string[], gets: 0 }
  const files = copiedFiles(folder, {
    async put(tar) {
      for await (const { entry, body } of readTar(streamSource(tar), o)) {
        traffic.put.push(entry.path)
        there.set(entry.path, { entry, body: Buffer.concat(await Array.fromAsync(body())) })
      }
    },
    async get() {
      traffic.gets += 1
      return writeTar([...there.values()], o)
    },
  })
  const write = (path: string, text: string, more: Partial<TarEntry> = {}): void => {
    const body = Buffer.from(text)
    there.set(`harness/${path}`, { entry: { ...common, kind: 'file', path: `harness/${path}`, size: body.length, ...more } as TarEntry, body })
  }
  return {
    folder,
    at: (path: string) => join(folder, path),
    there,
    traffic,
    files,
    write,
    text: (path: string) => there.get(`harness/${path}`)?.body.toString(),
  }
}

describe('a workspace that is copied', () => {
  it('takes there what is new or changed here, and nothing else', async () => {
    const w = workspace()
    mkdirSync(w.at('src'))
    writeFileSync(w.at('src/a'), 'one')
    symlinkSync('a', w.at('src/link'))
    await w.files.lend(root, o)
    expect(w.traffic.put).toEqual(['harness', 'harness/src', 'harness/src/a', 'harness/src/link'])
    expect(w.there.get('harness')?.entry.mode).toBe(0o777)
    w.traffic.put.length = 0
    await w.files.lend(root, o)
    expect(w.traffic.put).toEqual([])
    writeFileSync(w.at('src/a'), 'two')
    writeFileSync(w.at('b'), '')
    await w.files.lend(root, o)
    expect([...w.traffic.put].sort()).toEqual(['harness/b', 'harness/src/a'])
    expect(w.text('src/a')).toBe('two')
  })

  it('brings here what steps wrote, changed and removed, with modes and links', async () => {
    const w = workspace()
    writeFileSync(w.at('gone'), 'x')
    writeFileSync(w.at('stays'), 'x')
    await w.files.lend(root, o)
    w.there.delete('harness/gone')
    w.write('stays', 'y')
    w.write('deep/tool', 'run me', { mode: 0o755 })
    w.there.set('harness/link', { entry: { ...common, kind: 'symlink', path: 'harness/link', target: 'deep/tool' }, body: Buffer.alloc(0) })
    w.there.set('harness/twin', { entry: { ...common, kind: 'hardlink', path: 'harness/twin', target: 'harness/deep/tool' }, body: Buffer.alloc(0) })
    await w.files.bring(o)
    expect(existsSync(w.at('gone'))).toBe(false)
    expect(readFileSync(w.at('stays'), 'utf8')).toBe('y')
    expect([readFileSync(w.at('twin'), 'utf8'), readlinkSync(w.at('link'))]).toEqual(['run me', 'deep/tool'])
    expect(statSync(w.at('deep/tool')).mode & 0o777).toBe(0o755)
    expect(statSync(w.at('deep/tool')).mtimeMs).toBe(5000)
  })

  it('asks for nothing while no step has run, and sends nothing back that it has just got', async () => {
    const w = workspace()
    await w.files.bring(o)
    await w.files.lend(root, o)
    w.write('a', 'made')
    await w.files.bring(o)
    await w.files.bring(o)
    expect(w.traffic.gets).toBe(1)
    w.traffic.put.length = 0
    await w.files.lend(root, o)
    expect(w.traffic.put).toEqual([])
  })

  it('gives all files to a user who is not root', async () => {
    const w = workspace()
    writeFileSync(w.at('a'), 'x')
    await w.files.lend(root, o)
    w.write('b', 'by root')
    await w.files.lend({ uid: 1000, gid: 1001 }, o)
    expect([...w.there.values()].map(({ entry }) => `${entry.path} ${entry.uid}:${entry.gid}`).sort()).toEqual(
      ['harness 1000:1001', 'harness/a 1000:1001', 'harness/b 1000:1001'].sort(),
    )
  })

  it('refuses to write through a link, out of the folder or to what is not in the archive', async () => {
    const outside = tempProject({ file: 'mine' }).dir
    const w = workspace()
    await w.files.lend(root, o)
    w.there.set('harness/d', { entry: { ...common, kind: 'symlink', path: 'harness/d', target: outside }, body: Buffer.alloc(0) })
    w.write('d/file', 'theirs')
    await expect(w.files.bring(o)).rejects.toMatchObject({ code: 'TAR_PATH_ESCAPES' })
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('mine')
    w.there.delete('harness/d/file')
    w.there.delete('harness/d')
    w.there.set('x', { entry: { ...common, kind: 'hardlink', path: 'harness/x', target: `harness/../../${outside}/file` }, body: Buffer.alloc(0) })
    await expect(w.files.bring(o)).rejects.toMatchObject({ code: 'TAR_PATH_ESCAPES' })
  })

  it('goes from a file to a folder and back', async () => {
    const w = workspace()
    writeFileSync(w.at('a'), 'file')
    mkdirSync(w.at('b'))
    writeFileSync(w.at('b/inner'), 'x')
    await w.files.lend(root, o)
    for (const path of ['a', 'b', 'b/inner']) w.there.delete(`harness/${path}`)
    w.write('a/inner', 'y')
    w.there.set('harness/a', { entry: { ...common, kind: 'dir', path: 'harness/a', mode: 0o755 }, body: Buffer.alloc(0) })
    const inner = w.there.get('harness/a/inner')
    w.there.delete('harness/a/inner')
    if (inner !== undefined) w.there.set('harness/a/inner', inner)
    w.write('b', 'file')
    await w.files.bring(o)
    expect([readFileSync(w.at('a/inner'), 'utf8'), readFileSync(w.at('b'), 'utf8')]).toEqual(['y', 'file'])
  })
})
