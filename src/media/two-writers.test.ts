/** Several processes, and several pieces of work in one, that write one OCI layout: every name is there afterwards. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../test/support/temp-project.ts'
import { randomImage } from '../oci/random-image.ts'
import { parseRef } from '../oci/ref.ts'
import { openArchive } from './open-archive.ts'
import { writeLayout } from './write-layout.ts'

const signal = new AbortController().signal
const rounds = 15

function write(dir: string, who: string): Promise<number | null> {
  const at = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)
  const script = `
    import { writeLayout } from ${at('./write-layout.ts')}
    import { randomImage } from ${at('../oci/random-image.ts')}
    import { parseRef } from ${at('../oci/ref.ts')}
    const [view, signal] = [await randomImage({ seed: 1 }), new AbortController().signal]
    for (let i = 0; i < ${rounds}; i++)
      await writeLayout(${JSON.stringify(dir)}, [{ view, refs: [parseRef(\`${who}:\${i}\`).value] }], { signal, durability: 'fast' })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((resolve) => child.on('close', resolve))
}

const names = async (dir: string) => (await openArchive(dir, { signal })).images.flatMap((image) => image.names)

describe('one layout', () => {
  it('keeps every name that three processes give at once', async () => {
    const dir = join(tempProject().dir, 'layout')
    const who = ['ann', 'bob', 'cal']
    expect(await Promise.all(who.map((name) => write(dir, name)))).toEqual([0, 0, 0])
    const all = who.flatMap((name) => Array.from({ length: rounds }, (_, i) => `docker.io/library/${name}:${i}`))
    expect((await names(dir)).sort()).toEqual(all.sort())
  }, 60_000)

  it('keeps every name that is given at once in one process', async () => {
    const dir = join(tempProject().dir, 'layout')
    const view = await randomImage({ seed: 1 })
    const tags = Array.from({ length: 20 }, (_, i) => `x:${i}`)
    const written = tags.map((tag) => {
      const ref = parseRef(tag)
      return writeLayout(dir, [{ view, refs: ref.ok ? [ref.value] : [] }], { signal, durability: 'fast' })
    })
    await Promise.all(written)
    expect((await names(dir)).length).toBe(20)
  })

  it('is not held by a process that has ended', async () => {
    const dir = join(tempProject().dir, 'layout')
    mkdirSync(dir)
    writeFileSync(join(dir, '.slipway-lock'), '999999999 1')
    await writeLayout(dir, [{ view: await randomImage({ seed: 1 }), refs: [] }], { signal, durability: 'fast' })
    expect((await names(dir)).length).toBe(0)
  })
})
