import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { thisProcess } from '../../media/owner-process.ts'
import { snapshots, sweepWork } from './snapshots.ts'

describe('folders of work that was cut short', () => {
  it('go when their owner is dead, and stay while nobody can say so', async () => {
    const { dir } = tempProject()
    const owners: Readonly<Record<string, string | undefined>> = { dead: '4194303 1 0', mine: thisProcess(), 'being-written': '', 'just-made': undefined }
    for (const [name, owner] of Object.entries(owners)) {
      mkdirSync(join(dir, 'runs', name), { recursive: true })
      if (owner !== undefined) writeFileSync(join(dir, 'runs', name, 'owner'), owner)
    }
    expect(await sweepWork(dir)).toBe(1)
    expect(Object.keys(owners).filter((name) => existsSync(join(dir, 'runs', name)))).toEqual(['mine', 'being-written', 'just-made'])
  })
})

describe('putting down what is finished', () => {
  const facts = { opaque: [], attributes: new Map() }
  const finished = async (dir: string, text: string) => {
    const work = await snapshots(dir).work()
    mkdirSync(join(work.folder, 'upper'))
    writeFileSync(join(work.folder, 'upper/file'), text)
    return { ...work, upper: join(work.folder, 'upper') }
  }

  it('keeps what another build has put down before', async () => {
    const { dir } = tempProject()
    const store = snapshots(dir)
    for (const text of ['first', 'second']) {
      const work = await finished(dir, text)
      await store.adopt('abc', work.upper, facts)
      await work.end()
    }
    expect(store.has('abc')).toBe(true)
    expect(readFileSync(join(store.folder('abc'), 'file'), 'utf8')).toBe('first')
    expect(readdirSync(join(dir, 'runs'))).toEqual([])
  })

  it('takes the place of what nobody can use, and never away what another has put there meanwhile', async () => {
    const { dir } = tempProject()
    const store = snapshots(dir)
    for (let round = 0; round < 200; round++) {
      const chain = `chain-${round}`
      mkdirSync(join(dir, 'snapshots', chain, 'fs'), { recursive: true })
      writeFileSync(join(dir, 'snapshots', chain, 'about.json'), '')
      const seen = ['a', 'b', 'c', 'd'].map(async (text) => {
        const work = await finished(dir, text)
        await store.adopt(chain, work.upper, facts)
        const first = readFileSync(join(store.folder(chain), 'file'), 'utf8')
        await work.end()
        return first
      })
      expect(new Set(await Promise.all(seen)).size).toBe(1)
    }
    expect(readdirSync(join(dir, 'runs'))).toEqual([])
  })
})
