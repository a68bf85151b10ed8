/** Steps in images with `slipway run` on this machine: as root, as a user with one id, and as one with a range of them. Needs root to become those users. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root as project } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { background, pipeline, type StepText, step } from './pipeline-text.ts'
import { writeShellless, writeSmallBase } from './small-base.ts'
import { type Traces, traces } from './traces.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const uidmap = real('newuidmap', { apt: 'uidmap', version: ['newuidmap'] })
const isRoot = process.getuid?.() === 0
const options = isRoot ? busybox.options : promised('ci', needs(false, 'becoming another user needs root'))
const account = `slipwaysteps${process.pid}`

interface Person {
  readonly who: string
  readonly ids: () => { readonly uid: number; readonly gid: number }
  readonly options: typeof options
}

const people: readonly Person[] = [
  { who: 'root', ids: () => ({ uid: 0, gid: 0 }), options },
  { who: 'a user with one id', ids: () => ({ uid: 65534, gid: 65534 }), options },
  { who: 'a user with a range of ids', ids: () => idsOf(account), options: isRoot ? uidmap.options : options },
]

interface Ran {
  readonly code: number | null
  readonly out: string
}

describe.each(people)('steps in images, as $who', ({ ids, options: here }) => {
  describe('for real', here, () => {
    let folder: string
    let before: Traces
    const data = (): string => join(folder, 'home', 'data')
    beforeAll(async () => {
      if (people.some((one) => one.ids === ids && one.who.includes('range'))) execFileSync('useradd', ['--no-create-home', account])
      folder = mkdtempSync(join(tmpdir(), 'slipway-steps-'))
      chmodSync(folder, 0o755)
      mkdirSync(join(folder, 'home'))
      execFileSync('chown', [`${ids().uid}:${ids().gid}`, join(folder, 'home')])
      writeSmallBase(join(folder, 'base'), busybox.path)
      writeShellless(join(folder, 'bare'), busybox.path)
      for (const [name, context] of Object.entries({ 'local/base:1': 'base', 'local/bare:1': 'bare' })) {
        const built = await slipway(['build', '-t', name, context])
        if (built.code !== 0) throw new Error(built.out)
      }
      before = traces(data(), folder)
    })
    afterAll(() => {
      if (folder === undefined) return
      rmSync(folder, { recursive: true, force: true })
      if (people.some((one) => one.ids === ids && one.who.includes('range'))) execFileSync('userdel', [account])
    })

    function slipway(args: readonly string[], o: { readonly onStart?: (pid: number) => void } = {}): Promise<Ran> {
      const cli = ['--disable-warning=ExperimentalWarning', join(project, 'src/main/cli.ts'), ...args]
      const env = { PATH: process.env['PATH'] ?? '', HOME: join(folder, 'home'), SLIPWAY_HOME: data() }
      const child = spawn(process.execPath, cli, { ...ids(), env, cwd: folder })
      if (child.pid !== undefined) o.onStart?.(child.pid)
      let out = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          out += text
        })
      return new Promise((resolve) => void child.on('close', (code) => resolve({ code, out })))
    }

    /** Lines of the steps' output, without times. */
    async function run(
      steps: readonly StepText[],
      more: object = {},
    ): Promise<{ readonly code: number | null; readonly lines: readonly string[]; readonly out: string }> {
      writeFileSync(join(folder, 'pipeline.yaml'), pipeline(steps, more))
      const { code, out } = await slipway(['run', 'pipeline.yaml', '--output', 'plain'])
      return { code, out, lines: out.split('\n').map((line) => line.replace(/^[\d:.]+ /, '')) }
    }

    it('run in their image, with the workspace and what the image says', async () => {
      const { code, out, lines } = await run([
        step('plain', 'echo plain > /harness/file; id -u'),
        step(
          'inside',
          'pwd; cat file; echo "$FROM_IMAGE $HARNESS_WORKSPACE"; echo err > /dev/stderr; id -u; test -e /etc/debian_version || echo apart; echo inside >> file; OUT=hello',
          {
            image: 'local/base:1',
            outputs: ['OUT'],
          },
        ),
        step('after', 'cat /harness/file; echo got <+steps.inside.output.outputVariables.OUT>'),
      ])
      expect([code, out]).toEqual([0, expect.stringContaining('passed')])
      const said = (id: string): readonly string[] => lines.filter((line) => line.startsWith(`[s/${id}] `)).map((line) => line.slice(id.length + 5))
      expect(said('inside')).toEqual(expect.arrayContaining(['/harness', 'plain', 'yes /harness', 'err', '0', 'apart']))
      expect(said('after')).toEqual(expect.arrayContaining(['plain', 'inside', 'got hello']))
    })

    it('are the user that they ask for, whose files later steps may read, change and remove', async () => {
      const { code, lines, out } = await run([
        step('made', 'echo first > /harness/shared'),
        step('other', 'id -u; id -g; echo more >> shared; mkdir deep; umask 077; echo mine > deep/mine; OUT=by-user', {
          image: 'local/base:1',
          user: '1000',
          outputs: ['OUT'],
        }),
        step('again', 'cat deep/mine; rm deep/mine; echo left >> deep/more', { image: 'local/base:1', user: '1000' }),
        step('after', 'cat shared deep/more; rm -r deep shared; echo <+steps.other.output.outputVariables.OUT>'),
      ])
      expect([code, out]).toEqual([0, expect.stringContaining('passed')])
      expect(lines).toEqual(
        expect.arrayContaining(['[s/other] 1000', '[s/other] 1001', '[s/again] mine', '[s/after] more', '[s/after] left', '[s/after] by-user']),
      )
    })

    it('start what the image starts where they name nothing', async () => {
      const { code, lines } = await run([step('own', undefined, { image: 'local/base:1' })])
      expect([code, lines]).toEqual([0, expect.arrayContaining(['[s/own] what the image starts, as 0'])])
    })

    it('say what is missing: a shell, a program to start, the image', async () => {
      const shell = await run([step('script', 'echo never', { image: 'local/bare:1' })])
      expect([shell.code, shell.out]).toEqual([1, expect.stringContaining('the step needs sh, which is not in the image local/bare:1')])
      const command = await run([step('nothing', undefined, { image: 'local/bare:1' })])
      expect([command.code, command.out]).toEqual([1, expect.stringContaining('the image local/bare:1 says nothing about what to start')])
      const image = await run([step('absent', 'true', { image: 'local/absent:1', pull: 'Never' })])
      expect([image.code, image.out]).toEqual([1, expect.stringContaining('the image local/absent:1 is not on this machine')])
    })

    it('reach each other on this machine by the names of their steps', async () => {
      const port = await freePort()
      const serve = `printf 'HTTP/1.0 200 OK\\r\\n\\r\\nserved' > answer; while true; do nc -l -p ${port} < answer; done`
      const ask = `for i in $(seq 200); do busybox wget -q -O- http://web:${port}/ && exit; sleep 0.1; done; exit 1`
      const { code, lines, out } = await run([
        background('web', serve, 'local/base:1'),
        step('inside', ask, { image: 'local/base:1' }),
        step('outside', ask.replace('busybox', busybox.path)),
      ])
      expect([code, out]).toEqual([0, expect.stringContaining('passed')])
      expect(lines).toEqual(expect.arrayContaining(['[s/inside] served', '[s/outside] served']))
    })

    it('share folders beside the workspace, with and without an image', async () => {
      const shared = `/slipway-shared-${process.pid}`
      const { code, lines, out } = await run(
        [
          step('inside', `echo by-user > ${shared}/file`, { image: 'local/base:1', user: '1000' }),
          step('outside', `cat ${shared}/file; echo by-machine >> ${shared}/file`),
          step('again', `cat ${shared}/file`, { image: 'local/base:1' }),
        ],
        { sharedPaths: [shared] },
      )
      expect([code, out]).toEqual([0, expect.stringContaining('passed')])
      expect(lines).toEqual(expect.arrayContaining(['[s/outside] by-user', '[s/again] by-machine']))
    })

    it('end when the run is aborted: politely, with all that they started, and nothing stays behind', async () => {
      const text = `trap 'echo asked to end; exit 3' TERM; setsid sleep ${long} & while true; do echo x; sleep 0.05; done`
      writeFileSync(join(folder, 'pipeline.yaml'), pipeline([step('slow', text, { image: 'local/base:1', user: '1000' })]))
      let pid = 0
      const ran = slipway(['run', 'pipeline.yaml', '--output', 'plain'], { onStart: (number) => (pid = number) })
      await expect.poll(() => sleeping(), { timeout: 60_000 }).not.toEqual([])
      process.kill(pid, 'SIGINT')
      const { code, out } = await ran
      expect([code, out]).toEqual([130, expect.stringContaining('asked to end')])
      expect(sleeping()).toEqual([])
    })

    it('end with the run when it is killed, and the next one takes away what it left', async () => {
      writeFileSync(
        join(folder, 'pipeline.yaml'),
        pipeline([step('slow', `mkdir deep; touch deep/file; setsid sleep ${long} & sleep ${long}`, { image: 'local/base:1', user: '1000' })]),
      )
      let pid = 0
      const ran = slipway(['run', 'pipeline.yaml', '--output', 'plain'], { onStart: (number) => (pid = number) })
      await expect.poll(() => sleeping().length, { timeout: 60_000 }).toBe(2)
      process.kill(pid, 'SIGKILL')
      await ran
      await expect.poll(() => sleeping(), { timeout: 60_000 }).toEqual([])
      expect(traces(data(), folder).folders).not.toEqual([])
      expect((await run([step('next', 'true', { image: 'local/base:1' })])).code).toBe(0)
      await expect.poll(() => traces(data(), folder), { timeout: 60_000 }).toEqual(before)
    })

    it('leave the machine as it was', async () => {
      const { code, out } = await run([
        step('plain', `mktemp; setsid sleep ${long} &`),
        step('inside', `mktemp; setsid sleep ${long} & mkdir -p /var/lib/x; touch /var/lib/x/y`, { image: 'local/base:1' }),
        step('again', 'test ! -e /var/lib/x', { image: 'local/base:1' }),
      ])
      expect([code, out]).toEqual([0, expect.stringContaining('passed')])
      await expect.poll(() => traces(data(), folder), { timeout: 60_000 }).toEqual(before)
      expect(sleeping()).toEqual([])
    })
  })
})

function idsOf(name: string): { readonly uid: number; readonly gid: number } {
  const [uid = 0, gid = 0] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' })))
  return { uid, gid }
}

/** A number that no other process sleeps for. */
const long = 7_000_000 + process.pid

function sleeping(): readonly string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).endsWith(`sleep\0${long}\0`))
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
