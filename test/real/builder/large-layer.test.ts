/** A layer of gigabytes is built in the memory of a small pod. SLIPWAY_LARGE_MB=8192 for the size that other builders are killed at. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { expect, it } from 'vitest'
import { root } from '../../../tools/support/root.ts'
import { needs } from '../../support/skip.ts'
import { tempProject } from '../../support/temp-project.ts'

const megabytes = Number(process.env['SLIPWAY_LARGE_MB'] ?? 1024)
/** 500 Mi is what the pod of a build step has; a container's own share of it is left for the rest. */
const mostKB = 400 * 1024

/** Neither one page of zeros nor gigabytes of chance to be made: what repeats is too far away to be found. */
function writeNoise(path: string): void {
  const block = randomBytes(8 * 1024 * 1024)
  const file = openSync(path, 'w')
  for (let done = 0; done < megabytes; done += 8) writeSync(file, block)
  closeSync(file)
}

/** Of the process and all below it, the largest. */
function peakOf(pid: number): number {
  try {
    const own = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    const below = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    return Math.max(own, ...below.filter((one) => one !== '').map((one) => peakOf(Number(one))))
  } catch {
    return 0
  }
}

const options = { ...needs(process.platform === 'linux', 'the kernel of Linux says how much memory a process had'), timeout: 60_000 + megabytes * 100 }

it(`a layer of ${megabytes} MB takes less than ${mostKB / 1024} MB of memory`, options, async () => {
  const { dir } = tempProject({ Dockerfile: 'FROM scratch\nCOPY big /big\n' })
  writeNoise(join(dir, 'big'))
  const args = ['--disable-warning=ExperimentalWarning', join(root, 'src/main/cli.ts'), 'build', '-t', 'acme/big:1', '.']
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir, SLIPWAY_HOME: tempProject().dir }
  const child = spawn(process.execPath, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk
    })
  }
  let peakKB = 0
  const timer = setInterval(() => {
    peakKB = Math.max(peakKB, peakOf(child.pid ?? 0))
  }, 20)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(timer)
  process.stdout.write(`a layer of ${megabytes} MB: ${Math.round(peakKB / 1024)} MB of memory\n`)
  expect(code, said).toBe(0)
  expect(peakKB).toBeGreaterThan(10 * 1024)
  expect(peakKB).toBeLessThan(mostKB)
})
