/** How docker is run, with a stand-in of a few lines: to its end, to an abort, and when whoever runs it is killed. */
import { spawn } from 'node:child_process'
import { chmodSync } from 'node:fs'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { runTool } from './run-tool.ts'

const kill = process.kill.bind(process)
const { signal } = new AbortController()

/** Runs until it is asked to stop, and says when that was. */
const patient = '#!/bin/sh\ntrap "echo stopped > stopped; exit 0" INT\necho begun > begun\nwhile :; do sleep 0.02; done\n'

function docker(script: string) {
  const project = tempProject({ 'bin/docker': script })
  chmodSync(project.path('bin/docker'), 0o755)
  return { ...project, env: { PATH: `${project.path('bin')}:${process.env['PATH'] ?? ''}` } }
}

describe('docker as a program', () => {
  it('is given its arguments as they are, and heard to its end', async () => {
    const { env, dir } = docker('#!/bin/sh\nprintf "%s|" "$@"; echo oops >&2; exit 3\n')
    const told: string[] = []
    const args = ['a b', '$HOME', '"', "'", '']
    expect(await runTool(args, { env, kill, signal, cwd: dir, onLine: (line) => void told.push(line) })).toEqual({
      code: 3,
      out: `${args.join('|')}|`,
      err: '',
    })
    expect(told).toEqual(['oops'])
  })

  it('is missed where PATH has none', async () => {
    const { dir } = tempProject()
    await expect(runTool(['version'], { env: { PATH: dir }, kill, signal })).rejects.toMatchObject({ code: 'BUILDX_NO_DOCKER' })
  })

  it('is asked to stop at an abort, whose reason is thrown when it has', async () => {
    const { env, dir, exists } = docker(patient)
    const stop = new AbortController()
    const running = runTool([], { env, kill, signal: stop.signal, cwd: dir })
    running.catch(() => undefined)
    await expect.poll(() => exists('begun'), { timeout: 20_000 }).toBe(true)
    stop.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect(exists('stopped')).toBe(true)
  })

  it('is asked to stop as well when whoever runs it is killed', async () => {
    const { env, dir, exists, write, path } = docker(patient)
    const from = JSON.stringify(pathToFileURL(new URL('./run-tool.ts', import.meta.url).pathname).href)
    write({
      'main.mjs': `import { runTool } from ${from}\nawait runTool([], { env: process.env, kill: process.kill, signal: new AbortController().signal })\n`,
    })
    const child = spawn(process.execPath, [path('main.mjs')], { cwd: dir, env, stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await expect.poll(() => exists('begun'), { timeout: 20_000 }).toBe(true)
    child.kill('SIGKILL')
    await expect.poll(() => exists('stopped'), { timeout: 20_000 }).toBe(true)
  })
})
