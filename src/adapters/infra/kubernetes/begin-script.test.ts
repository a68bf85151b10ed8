/** The shell that lets a step begin, run by a real shell over real pipes: cut, killed and asked twice. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeTar } from '../../../tar/write-tar.ts'
import { fileItem } from '../docker/keeper-image.ts'
import { beginScript, begunScript, readBeginnings } from './begin-script.ts'

const { signal } = new AbortController()
let root: string
let own: string
let heard: string
let launcher: ChildProcess

/** As the launcher: waits at the pipe once, says that it has started, and then runs what is asked for at that moment. */
const waits = 'exec 3<> "$1/go"; read -r line <&3; echo > "$1/started"; exec 3<&-; cat "$1/request" >> "$2"; echo >> "$2"'

async function archive(text: string): Promise<Buffer> {
  const files = [fileItem('for', Buffer.from('1 launch/a'), 0o644), fileItem('script', Buffer.from('x'.repeat(5000)), 0o644)]
  return Buffer.concat(await writeTar([...files, fileItem('request', Buffer.from(text), 0o644)], { signal }).toArray())
}

function begin(bytes: Buffer, o: { readonly most?: number; readonly folder?: string } = {}): { readonly child: ChildProcess; readonly ended: Promise<number> } {
  const child = spawn('sh', ['-c', beginScript(root), 'sh', String(bytes.length), '', 'step-1', o.folder ?? ''], { stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(bytes.subarray(0, o.most ?? bytes.length))
  return { child, ended: new Promise((resolve) => child.on('exit', (code) => resolve(code ?? -1))) }
}

const told = (): string => (existsSync(heard) ? readFileSync(heard, 'utf8') : '')
const beginnings = () => readBeginnings(execFileSync('sh', ['-c', begunScript(root)], { encoding: 'utf8' }))

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-begin-'))
  own = join(root, 'step-1')
  heard = join(root, 'heard')
  mkdirSync(own)
  execFileSync('sh', ['-c', 'mkfifo -m 666 "$1"', 'sh', join(own, 'go')])
  launcher = spawn('sh', ['-c', waits, 'sh', own, heard], { stdio: ['ignore', 'inherit', 'inherit'] })
})
afterEach(() => {
  launcher.kill('SIGKILL')
  rmSync(root, { recursive: true, force: true })
})

describe('letting a step begin', () => {
  it('puts all files in place and begins it', async () => {
    expect(beginnings()).toEqual([])
    expect(await begin(await archive('one')).ended).toBe(0)
    await until(() => told().endsWith('\n'))
    expect(told()).toBe('one\n')
    expect(beginnings()).toEqual([{ container: 'step-1', begun: true, order: 1, step: 'launch/a' }])
    expect(readdirSync(own).toSorted()).toEqual(['for', 'go', 'request', 'script', 'started'])
  })

  it('does nothing with a part of the files, wherever the line was cut', async () => {
    const whole = await archive('one')
    for (const most of [0, 1, 511, 512, 1024, 1536, 7168, whole.length - 1024, whole.length - 1]) {
      expect([most, await begin(whole, { most }).ended]).toEqual([most, 1])
      expect(readdirSync(own)).toEqual(['go'])
    }
    expect(told()).toBe('')
    expect(await begin(whole).ended).toBe(0)
    await until(() => told().endsWith('\n'))
    expect(told()).toBe('one\n')
  })

  it('begins it once, however often it is asked and at whatever moment', async () => {
    const [one, two] = [await archive('one'), await archive('two')]
    expect(await Promise.all([one, two, one, two].map((bytes) => begin(bytes).ended))).toEqual([0, 0, 0, 0])
    await until(() => told().endsWith('\n'))
    expect(await begin(two).ended).toBe(0)
    expect(told()).toMatch(/^(one|two)\n$/)
  })

  it('can be killed at any moment, and asked again', async () => {
    const bytes = await archive('one')
    for (let ms = 0; ms < 24; ms += 2) {
      const { child, ended } = begin(bytes)
      setTimeout(() => child.kill('SIGKILL'), ms)
      await ended
    }
    expect(await begin(bytes).ended).toBe(0)
    await until(() => told().endsWith('\n'))
    expect(told()).toBe('one\n')
  })

  it('waits for a container whose program is not at its pipe yet', async () => {
    launcher.kill('SIGKILL')
    const { ended } = begin(await archive('one'))
    await until(() => existsSync(join(own, 'request')))
    launcher = spawn('sh', ['-c', waits, 'sh', own, heard], { stdio: ['ignore', 'inherit', 'inherit'] })
    expect(await ended).toBe(0)
    await until(() => told().endsWith('\n'))
    expect(told()).toBe('one\n')
  })

  it('tells files that have come from a step that has begun', async () => {
    writeFileSync(join(own, 'for'), '7 launch/a')
    expect(beginnings()).toEqual([{ container: 'step-1', begun: false, order: 7, step: 'launch/a' }])
  })

  it('leaves a process beside a step as it was asked for first', async () => {
    expect(await begin(await archive('one'), { folder: 'process-1' }).ended).toBe(0)
    expect(await begin(await archive('two'), { folder: 'process-1' }).ended).toBe(0)
    expect(readFileSync(join(own, 'process-1', 'request'), 'utf8')).toBe('one')
    expect(told()).toBe('')
  })
})
