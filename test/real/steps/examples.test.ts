/** Every example, acted out and for real, as root and as an ordinary user; the machine is compared before and after. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root as project } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { traces } from './traces.ts'

const uidmap = real('newuidmap', { apt: 'uidmap', version: ['newuidmap'] })
const git = real('git', { apt: 'git' })
const isRoot = process.getuid?.() === 0
const options = isRoot ? (git.missing === undefined ? uidmap.options : git.options) : promised('ci', needs(false, 'becoming another user needs root'))
const account = `slipwayexamples${process.pid}`

const people = [
  { who: 'root', ids: () => ({ uid: 0, gid: 0 }) },
  { who: 'an ordinary user', ids: () => idsOf(account) },
]

const examples = ['flow/background', 'flow/matrix', 'flow/retry', 'flow/stages', 'hello/pipeline', 'questions/pipeline', 'self/pipeline', 'site/pipeline']

/** What their last steps say. The others want images, a registry or a network that fails just so. */
const forReal = [
  { example: 'flow/stages', says: '[report/tell] test SUCCEEDED, lint SUCCEEDED' },
  { example: 'flow/matrix', says: '[build/sign_1] 1 of 2: app-windows-arm64' },
  { example: 'hello/pipeline', says: '[launch/report] one digest' },
  { example: 'site/pipeline', says: '[ship/report] one digest' },
]

describe.each(people)('the examples, as $who', ({ who, ids }) => {
  describe('from a copy of them', options, () => {
    let folder: string
    beforeAll(() => {
      if (who !== 'root') execFileSync('useradd', ['--no-create-home', account])
      folder = mkdtempSync(join(tmpdir(), 'slipway-examples-'))
      chmodSync(folder, 0o755)
      cpSync(join(project, 'examples'), join(folder, 'code', 'examples'), { recursive: true })
      const bundler = createRequire(import.meta.url).resolve(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`)
      copyFileSync(bundler, join(folder, 'code', 'examples', 'site', 'tools', 'esbuild'))
      // The code under build is the repository around a pipeline.
      execFileSync(git.path, ['init', '-q', join(folder, 'code')])
      for (const own of ['home', 'tmp']) mkdirSync(join(folder, own))
      execFileSync('chown', ['-R', `${ids().uid}:${ids().gid}`, ...['home', 'tmp', 'code'].map((name) => join(folder, name))])
    })
    afterAll(() => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
      if (who !== 'root') execFileSync('userdel', [account])
    })

    async function slipway(args: readonly string[], cwd = 'code'): Promise<{ readonly code: number | null; readonly out: string }> {
      const cli = ['--disable-warning=ExperimentalWarning', join(project, 'src/main/cli.ts'), ...args]
      const env = { PATH: process.env['PATH'] ?? '', HOME: join(folder, 'home'), SLIPWAY_HOME: join(folder, 'home', 'data'), TMPDIR: join(folder, 'tmp') }
      const child = spawn(process.execPath, cli, { ...ids(), env, cwd: join(folder, cwd) })
      let out = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          out += text
        })
      return new Promise((resolve) => void child.on('close', (code) => resolve({ code, out })))
    }

    const machine = () => ({ ...traces(join(folder, 'home', 'data'), folder), own: readdirSync(join(folder, 'tmp')), code: readdirSync(join(folder, 'code')) })

    it('are all that there are', () => {
      const there = readdirSync(join(folder, 'code', 'examples'), { recursive: true, encoding: 'utf8' })
      expect(there.filter((name) => /^\w+\/\w+\.yaml$/.test(name)).sort()).toEqual(examples.map((name) => `${name}.yaml`))
    })

    it.each(examples)('%s passes when it is acted out', async (example) => {
      const before = machine()
      const { code, out } = await slipway(['run', `examples/${example}.yaml`, '--on', 'fake', '--output', 'plain'])
      expect([code, out]).toEqual([0, expect.stringContaining('passed')])
      expect(machine()).toEqual(before)
    })

    it.each(forReal)('$example passes for real, and leaves the machine as it was', async ({ example, says }) => {
      const before = machine()
      if (example.startsWith('site')) {
        const built = await slipway(['build', '--push', '-t', 'acme/tools:1', 'tools'], 'code/examples/site')
        expect([built.code, built.out]).toEqual([0, expect.any(String)])
      }
      const { code, out } = await slipway(['run', `examples/${example}.yaml`, '--output', 'plain'])
      expect([code, out]).toEqual([0, expect.stringContaining(says)])
      expect(machine()).toEqual(before)
    })

    it('flow/retry fails for real without the network that it wants, cleans up, and leaves the machine as it was', async () => {
      const before = machine()
      const { code, out } = await slipway(['run', 'examples/flow/retry.yaml', '--output', 'plain'])
      expect([code, out]).toEqual([1, expect.stringContaining('[flaky/clean] ')])
      expect(machine()).toEqual(before)
    })
  })
})

function idsOf(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
