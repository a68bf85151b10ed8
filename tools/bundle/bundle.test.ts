import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { type TempProject, tempProject } from '../../test/support/temp-project.ts'
import { root } from '../support/root.ts'
import { bundle } from './bundle.ts'
import { entryText } from './entry.ts'

let place: TempProject
let entry: string

beforeAll(async () => {
  place = tempProject()
  ;({ entry } = await bundle(place.path('dist')))
})
afterAll(() => place.remove())

async function slipway(...args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const env = { ...process.env, SLIPWAY_HOME: place.path('home'), XDG_CACHE_HOME: place.path('cache') }
  const child = spawn(process.execPath, [entry, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out, err }
}

describe('the bundle', () => {
  it('says the version of the package, and nothing to the error stream', async () => {
    expect(await slipway('--version')).toEqual({ code: 0, out: `${packageJson.version}\n`, err: '' })
  })

  it('runs a pipeline, and keeps compiled code in the cache folder of its user', async () => {
    const run = await slipway('run', join('examples', 'hello', 'pipeline.yaml'))
    expect(run).toMatchObject({ code: 0, err: '' })
    expect(run.out).toContain('one digest')
    expect(place.files().some((file) => file.startsWith('cache/slipway/compiled/'))).toBe(true)
  })

  it('names the packages inside it with their licences', () => {
    expect(readFileSync(place.path('dist', 'NOTICES.txt'), 'utf8')).toMatch(/--- commander [\d.]+ \(MIT\)[\s\S]*--- yaml [\d.]+ \(ISC\)/)
  })

  it('is refused in words by a Node that is too old', () => {
    expect(entryText('1.2.3')).toContain('Node 24 or newer is needed')
  })
})
