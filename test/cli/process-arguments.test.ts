/** What other users of the machine can see of a run: the arguments of its processes. Sampled while a step that holds a secret is at work. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../tools/support/root.ts'
import { needs } from '../support/skip.ts'
import { tempProject } from '../support/temp-project.ts'

const secret = 'sesame-open-4711'

/** The first step holds it in its script, the second in its environment; both wait for a file. */
function pipelineText(dir: string): string {
  const wait = (name: string): string => `echo ${name} is at work; while [ ! -e '${dir}/${name}' ]; do sleep 0.05; done`
  const step = (identifier: string, command: string, envVariables = {}) => ({
    step: { identifier, name: identifier, type: 'Run', spec: { shell: 'Sh', command, envVariables } },
  })
  const value = '<+secrets.getValue("pw")>'
  const steps = [step('script', `: ${value}; ${wait('script')}`), step('environment', `${wait('environment')}; printf '%s\\n' "$PW"`, { PW: value })]
  const spec = { cloneCodebase: false, platform: { os: 'Linux', arch: 'Amd64' }, runtime: { type: 'Cloud', spec: {} }, execution: { steps } }
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage: { identifier: 's', name: 's', type: 'CI', spec } }] } })
}

interface Seen {
  readonly pid: number
  readonly parent: number
  readonly args: string
  readonly env: string
}

function processes(): readonly Seen[] {
  const read = (pid: string, name: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'utf8')
    } catch {
      return ''
    }
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      const parent = Number(read(pid, 'stat').split(') ').at(-1)?.split(' ')[1])
      return { pid: Number(pid), parent, args: read(pid, 'cmdline'), env: read(pid, 'environ') }
    })
}

/** Of the run and all that it started. */
function familyOf(pid: number): readonly Seen[] {
  const all = processes()
  const family = all.filter((one) => one.pid === pid)
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid))
  return family
}

function started(dir: string, home: string): { readonly child: ChildProcess; readonly text: () => string } {
  writeFileSync(join(dir, 'p.yaml'), pipelineText(dir))
  const cli = join(root, 'src/main/cli.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, 'run', 'p.yaml', '--on', 'local', '--output', 'plain'], {
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '', SLIPWAY_HOME: home, SLIPWAY_SECRET_PW: secret },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (more: string) => {
      text += more
    })
  return { child, text: () => text }
}

const patience = { timeout: 100_000 }

describe('a run that uses a secret', { timeout: 120_000 }, () => {
  it(
    'shows it in no argument of a process, in the environment of no step that did not ask for it, and in no file that is kept',
    needs(existsSync('/proc/self/environ'), 'there is no /proc'),
    async () => {
      const [{ dir }, { dir: home }] = [tempProject(), tempProject()]
      const { child, text } = started(dir, home)
      const closed = once(child, 'close')
      try {
        for (const step of ['script', 'environment']) {
          await expect.poll(text, patience).toContain(`] ${step} is at work`)
          const family = familyOf(child.pid ?? 0)
          expect(family.length).toBeGreaterThan(1)
          expect(family.filter(({ args }) => args.includes(secret))).toEqual([])
          const holders = family.filter(({ pid, env }) => pid !== child.pid && env.includes(secret))
          expect(holders.length > 0, 'asked for it').toBe(step === 'environment')
          writeFileSync(join(dir, step), '')
        }
        const [code] = (await closed) as [number | null]
        expect([code, text()]).toEqual([0, expect.stringContaining('********')])
        expect(text()).not.toContain(secret)
        const kept = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
        expect(kept.length).toBeGreaterThan(1)
        expect(kept.filter(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(secret)).map(({ name }) => name)).toEqual([])
      } finally {
        child.kill('SIGKILL')
      }
    },
  )
})
