import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { scanMemoryContract } from '../../ports/scan-parts.contract.ts'
import { folderMemory } from './folder-memory.ts'
import { passingMemory } from './passing-memory.ts'

describe('in a folder', () => scanMemoryContract(async () => folderMemory(tempProject().dir)))
describe('as long as the process lives', () => scanMemoryContract(async () => passingMemory()))

const o = { signal: new AbortController().signal }

it.each(['', '{', '{"version": 2}', '{"version": 1, "target": "a", "variant": "b", "at": 1, "keys": [1]}'])(
  'a damaged file is told, and may be written over: %j',
  async (text) => {
    const { dir } = tempProject()
    const memory = folderMemory(dir)
    const name = { target: 'a', variant: 'b' }
    await memory.write(name, { at: 1, keys: [] }, o)
    for (const file of readdirSync(dir)) writeFileSync(join(dir, file), text)
    await expect(memory.read(name, o)).rejects.toMatchObject({ code: 'SCAN_BASELINE_UNREADABLE' })
    await memory.write(name, { at: 2, keys: ['x'] }, o)
    expect(await memory.read(name, o)).toEqual({ at: 2, keys: ['x'] })
  },
)
