/** The programs of containers, run on this machine. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { needs } from '../../../../test/support/skip.ts'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { cpuOf } from '../../../builder/exec/machine/launch.ts'
import { askAllToEnd, connectTo, parseReport, startStep } from './programs.ts'

const cpu = cpuOf(arch()) ?? 'x64'
const here = needs(platform() === 'linux' && cpuOf(arch()) !== undefined, 'they are programs for Linux on x86-64 or arm64')

function start(argvs: readonly (readonly string[])[], env: Readonly<Record<string, string>> = { PATH: '/nowhere:/bin:/usr/bin' }) {
  const { dir } = tempProject()
  const [file, report] = [join(dir, 'start'), join(dir, 'report')]
  writeFileSync(file, startStep({ report, asked: join(dir, 'asked'), argvs, env }, cpu), { mode: 0o700 })
  const ran = spawnSync(file, [], { env: { OF_THE_MACHINE: 'yes' }, encoding: 'utf8' })
  return { out: ran.stdout, code: ran.status, told: existsSync(report) ? parseReport(readFileSync(report)) : undefined }
}

describe('the program that starts a step', here, () => {
  it('starts it with its arguments and its environment and nothing else, and tells how it ended', () => {
    const { out, code, told } = start([['sh', '-c', 'echo "$0" "$A" "$OF_THE_MACHINE"; exit 3', 'name']], { PATH: '/bin:/usr/bin', A: 'two words' })
    expect([out, code, told]).toEqual(['name two words \n', 0, { kind: 'ended', status: 3 << 8 }])
  })

  it('tells which signal ended it', () => {
    expect(start([['sh', '-c', 'kill -TERM $$']]).told).toEqual({ kind: 'ended', status: 15 })
  })

  it('takes the first of several programs that is there', () => {
    expect(start([['no-such-program'], ['sh', '-c', 'echo second']]).out).toBe('second\n')
  })

  it('tells that there is none, or that one may not be executed', () => {
    expect(start([['no-such-program']]).told).toEqual({ kind: 'failed', error: 'ENOENT' })
    expect(start([['/etc/passwd']]).told).toEqual({ kind: 'failed', error: 'EACCES' })
  })
})

const spaces = spawnSync('unshare', ['-rpf', 'true']).status === 0

describe('the first process of a container', needs(platform() === 'linux' && spaces, 'no process can be the first of a namespace here'), () => {
  it.each([
    ['gives the rest time when all were asked to end', true],
    ['ends, and the rest with it, when nobody was', false],
  ])('%s', (_what, asks) => {
    const { dir } = tempProject()
    const [file, ender, late] = [join(dir, 'start'), join(dir, 'end'), join(dir, 'late')]
    const [report, asked] = [join(dir, 'report'), join(dir, 'asked')]
    const rest = `sh -c 'trap "sleep 0.3; touch ${late}; exit 0" TERM; touch ${dir}/ready; while :; do sleep 0.05; done'`
    const step = `${rest} & while [ ! -e ${dir}/ready ]; do sleep 0.05; done; ${asks ? `exec ${ender}` : 'exit 0'}`
    writeFileSync(file, startStep({ report, asked, argvs: [['sh', '-c', step]], env: { PATH: '/bin:/usr/bin' } }, cpu), { mode: 0o700 })
    writeFileSync(ender, askAllToEnd(asked, cpu), { mode: 0o700 })
    spawnSync('unshare', ['-rpf', file])
    expect([parseReport(readFileSync(report)), existsSync(late)]).toEqual([{ kind: 'ended', status: 0 }, asks])
  })
})

describe('the program that knocks at a port', here, () => {
  it('ends with 0 when something takes connections there, by either address', async () => {
    const { dir } = tempProject()
    for (const host of ['127.0.0.1', '::1']) {
      const server = createServer((socket) => socket.end())
      const listening = await new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(false))
        server.listen(0, host, () => resolve(true))
      })
      // A machine may do without IPv6.
      if (!listening) continue
      const { port } = server.address() as { readonly port: number }
      const file = join(dir, `to-${port}`)
      writeFileSync(file, connectTo(port, cpu), { mode: 0o700 })
      expect(await codeOf(file)).toBe(0)
      await new Promise((resolve) => server.close(resolve))
      expect(await codeOf(file)).toBe(1)
    }
  })
})

function codeOf(file: string): Promise<number | null> {
  return new Promise((resolve, reject) => void spawn(file, []).on('error', reject).on('exit', resolve))
}
