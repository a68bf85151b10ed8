import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { brandAs } from '../../../base/brand.ts'
import type { Diagnostic } from '../../../base/diagnostic.ts'
import type { RunId } from '../../../events/run-event.ts'
import { infrastructureContract } from '../../../ports/infrastructure.contract.ts'
import type { ProcessSpec } from '../../../ports/infrastructure.ts'
import { localInfra } from './local-infra.ts'

const kill = process.kill.bind(process)
const signal = new AbortController().signal
const stage = {
  kind: 'stage',
  path: 's',
  identifier: 's',
  name: 's',
  when: { status: 'Success' },
  infrastructure: { on: 'local', declared: 'none', os: 'Linux', arch: 'Amd64' },
  clone: { kind: 'known', value: true },
  variables: {},
  steps: [],
} as const

async function opened(codebase?: string) {
  const dir = tempProject().dir
  const notes: Diagnostic[] = []
  const infra = localInfra({ dir, env: process.env, kill })
  const workspace = await infra.open(stage, { run: brandAs<RunId>('r'), signal, codebase, note: (note) => notes.push(note) })
  const sh = async (script: string, o: Partial<ProcessSpec> = {}) => {
    const running = await workspace.start(
      { name: 's/x', start: { kind: 'script', shell: 'Sh', script }, env: new Map(), outputs: [], graceMs: 100, ...o },
      { signal },
    )
    const chunks = await Array.fromAsync(running.output)
    return { ...(await running.end), text: Buffer.concat(chunks.map((chunk) => chunk.bytes)).toString() }
  }
  return { dir, workspace, sh, notes }
}

/** A process that was ended and not yet collected by its new parent (state Z) does not run. */
async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return status !== '' && !/\) [ZX] /.test(status)
}

describe('local infrastructure', () => {
  infrastructureContract(async () => ({
    infrastructure: localInfra({ dir: tempProject().dir, env: process.env, kill }),
    step: ({ output, exit = 0, sleepMs = 0, outputs = {}, writes = {} }) => ({
      env: new Map(),
      start: {
        kind: 'script',
        shell: 'Sh',
        script: [
          ...Object.entries(outputs).map(([name, value]) => `${name}='${value}'`),
          ...Object.entries(writes).map(([name, value]) => `echo '${name}=${value}' >> "$DRONE_OUTPUT"`),
          ...(output === undefined ? [] : [`echo '${output}'`]),
          `sleep ${sleepMs / 1000}`,
          `exit ${exit}`,
        ].join('\n'),
      },
    }),
  }))

  it('hands variables over also when the script ends early or fails, whatever is in them', async () => {
    const { sh, workspace } = await opened()
    const { exit, outputs } = await sh(`A='two\nlines "and" $quotes'\nB=1\nexit 4`, { outputs: ['A', 'B', 'NEVER'] })
    expect(exit).toEqual({ kind: 'exited', code: 4 })
    expect([...outputs]).toEqual([
      ['A', 'two\nlines "and" $quotes'],
      ['B', '1'],
    ])
    await workspace.close({ signal })
  })

  it('keeps a script that holds a secret out of argument lists and closed to others', async () => {
    const { sh, workspace, dir } = await opened()
    const { text } = await sh(`tr '\\0' ' ' < /proc/$$/cmdline; : hunter2hunter2`)
    expect(text).not.toContain('hunter2')
    expect((await stat(dir)).mode & 0o077).toBe(0)
    await workspace.close({ signal })
  })

  it('ends children that outlive the script, and leaves nothing behind', async () => {
    const { sh, workspace, dir } = await opened()
    const { text } = await sh('sleep 300 & echo "child $!"')
    const child = Number(text.replace(/\D+/g, ''))
    await workspace.close({ signal })
    await expect.poll(() => isRunning(child)).toBe(false)
    expect(await readdir(dir)).toEqual([])
  })

  it('gives the stage a copy of the code, so that the own files stay as they are', async () => {
    const code = tempProject().dir
    await mkdir(join(code, 'src'))
    await writeFile(join(code, 'src', 'a.txt'), 'mine')
    const { sh, workspace, notes } = await opened(code)
    const { text } = await sh('cat src/a.txt; echo changed > src/a.txt')
    expect(text).toBe('mine')
    expect(notes.map((note) => note.code)).toEqual(['CODEBASE_WITHOUT_GIT'])
    expect((await stat(join(code, 'src', 'a.txt'))).size).toBe(4)
    await workspace.close({ signal })
  })

  it('refuses paths that leave the workspace', async () => {
    const { workspace } = await opened()
    expect(() => workspace.hostPath('../../etc/passwd')).toThrow('leads out of the workspace')
    expect(() => workspace.hostPath('/harness/../x')).toThrow('leads out of the workspace')
    await workspace.close({ signal })
  })
})
