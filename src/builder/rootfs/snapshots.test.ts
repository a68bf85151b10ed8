import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { thisProcess } from '../../media/owner-process.ts'
import { sweepWork } from './snapshots.ts'

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
