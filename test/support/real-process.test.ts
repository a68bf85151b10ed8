import { existsSync, readdirSync } from 'node:fs'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { noteProcess, sweepProcesses } from './process-notes.ts'
import { freePort, startProcess } from './real-process.ts'
import { needs } from './skip.ts'
import { tempProject } from './temp-project.ts'

const server = `require('node:http').createServer((q, s) => s.end('hello')).listen(process.env.PORT, '127.0.0.1', () => console.log('up'))`

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('real processes', () => {
  it('are ready when started and gone when stopped', async () => {
    const port = await freePort()
    const ready = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}/`)).ok
    const running = await startProcess({ program: process.execPath, args: ['-e', server], env: { PORT: String(port) }, ready })
    // It may answer a moment before what it printed is here.
    await expect.poll(() => running.output()).toBe('up\n')
    await running.stop()
    await running.stop()
    expect(isAlive(running.pid)).toBe(false)
  })

  it('say what they printed when they end early, cannot start, or never get ready', async () => {
    const start = (code: string, readyWithinMs = 5_000) => startProcess({ program: process.execPath, args: ['-e', code], ready: () => false, readyWithinMs })
    await expect(start(`console.log('no licence'); process.exit(3)`)).rejects.toThrow(/ended \(3\) before it was ready:\nno licence/)
    await expect(start('setInterval(() => {}, 1000)', 100)).rejects.toThrow('was not ready within 100 ms')
    await expect(startProcess({ program: '/no/such/program', ready: () => true })).rejects.toThrow('ENOENT')
  })

  it('are swept when a test forgot them', needs(existsSync('/proc/self/stat'), 'sweeping needs /proc'), async () => {
    const project = tempProject()
    const running = await startProcess({ program: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], ready: () => true })
    const forget = noteProcess(running.pid, project.dir)
    expect(sweepProcesses(project.dir)).toEqual([running.pid])
    await running.stop()
    forget()
    expect(readdirSync(project.dir)).toEqual([])
  })
})
