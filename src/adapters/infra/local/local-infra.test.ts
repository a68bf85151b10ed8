import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { needs } from '../../../../test/support/skip.ts'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { brandAs } from '../../../base/brand.ts'
import type { Diagnostic } from '../../../base/diagnostic.ts'
import { isProblem } from '../../../base/problem.ts'
import type { RunId } from '../../../events/run-event.ts'
import { systemClock } from '../../../main/system-clock.ts'
import type { StagePlan, StepPlan } from '../../../plan/plan.ts'
import type { CodePlacer } from '../../../ports/code.ts'
import { infrastructureContract } from '../../../ports/infrastructure.contract.ts'
import type { ProcessSpec } from '../../../ports/infrastructure.ts'
import { placeCode } from '../../codebase/place-code.ts'
import { localInfra } from './local-infra.ts'
import { noImages } from './no-images-fixture.ts'

const kill = process.kill.bind(process)
const signal = new AbortController().signal
const stage = {
  kind: 'stage',
  path: 's',
  identifier: 's',
  name: 's',
  when: { status: 'Success' },
  infrastructure: { on: 'local', declared: 'none', os: 'Linux', arch: 'Amd64' },
  variables: {},
  steps: [],
} as const

function codeFor(home: string): CodePlacer {
  return placeCode({ env: process.env, kill, clock: systemClock, home, connectors: new Map(), onSecret: () => undefined, read: async () => '' })
}

async function opened(o: { readonly codebase?: string; readonly env?: NodeJS.ProcessEnv; readonly dir?: string; readonly stage?: Partial<StagePlan> } = {}) {
  const dir = o.dir ?? tempProject().dir
  const notes: Diagnostic[] = []
  const infra = localInfra({ dir, env: { ...process.env, ...o.env }, kill, images: noImages, code: codeFor(dir) })
  const workspace = await infra.open({ ...stage, ...o.stage }, { run: brandAs<RunId>('r'), signal, note: (note) => notes.push(note) })
  const placing = { signal, say: () => undefined, progress: () => undefined, note: (note: Diagnostic) => notes.push(note) }
  if (o.codebase !== undefined) await workspace.placeCode({ source: { kind: 'folder', path: o.codebase }, into: '/harness' }, placing)
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

/** Processes of this machine whose command holds the text; one that was ended and not yet collected by its new parent has none. */
function running(text: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(text))
}

async function soon(text: string): Promise<number> {
  await expect.poll(() => running(text).length).toBe(1)
  return Number(running(text)[0])
}

function parentOf(pid: number, generations: number): number {
  const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  return generations === 1 ? parent : parentOf(parent, generations - 1)
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

describe('local infrastructure', () => {
  infrastructureContract(async () => ({
    infrastructure: localInfra({ dir: tempProject().dir, env: process.env, kill, images: noImages, code: codeFor(tempProject().dir) }),
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
    const mark = `300.${process.pid}`
    const { text } = await sh(`sleep ${mark} & echo started`)
    expect(text).toBe('started\n')
    await workspace.close({ signal })
    await expect.poll(() => running(`sleep\0${mark}`)).toEqual([])
    expect(await readdir(dir)).toEqual([])
  })

  it('gives the stage a copy of the code, so that the own files stay as they are', async () => {
    const code = tempProject().dir
    await mkdir(join(code, 'src'))
    await writeFile(join(code, 'src', 'a.txt'), 'mine')
    const { sh, workspace, notes } = await opened({ codebase: code })
    const { text } = await sh('cat src/a.txt; echo changed > src/a.txt')
    expect(text).toBe('mine')
    expect(notes.map((note) => note.code)).toContain('CODEBASE_WITHOUT_GIT')
    expect((await stat(join(code, 'src', 'a.txt'))).size).toBe(4)
    await workspace.close({ signal })
  })

  it('refuses paths that leave the workspace', async () => {
    const { workspace } = await opened()
    expect(() => workspace.hostPath('../../etc/passwd')).toThrow('leads out of the workspace')
    expect(() => workspace.hostPath('/harness/../x')).toThrow('leads out of the workspace')
    await workspace.close({ signal })
  })

  describe('without namespaces', () => {
    const env = { SLIPWAY_NAMESPACES: '0' }
    const begun = async (script: string, graceMs: number) => {
      const { workspace } = await opened({ env })
      const stop = new AbortController()
      const spec = { name: 's/x', start: { kind: 'script', shell: 'Sh', script }, env: new Map(), outputs: [], graceMs } as const
      const running = await workspace.start(spec, { signal: stop.signal })
      let text = ''
      for await (const { bytes } of running.output) {
        text += Buffer.from(bytes).toString()
        if (text.includes('ready')) stop.abort()
      }
      const { exit } = await running.end
      await workspace.close({ signal })
      // Shells say so of the `sleep` that was asked too.
      return { text: text.replaceAll('Terminated\n', ''), exit }
    }

    it('asks all that a step has started to end, and gives it time for that, also when the shell has ended', async () => {
      const server = `sh -c 'trap "sleep 0.5; echo tidied up; exit 0" TERM; echo ready; while :; do sleep 0.05; done'`
      expect(await begun(`${server}\necho not to be reached`, 20_000)).toEqual({ text: 'ready\ntidied up\n', exit: { kind: 'killed', signal: 'SIGTERM' } })
      expect((await begun(`${server} &\nwait`, 20_000)).text).toBe('ready\ntidied up\n')
    })

    it('ends for good what takes longer', async () => {
      const began = performance.now()
      const { text } = await begun(`sh -c 'trap "" TERM; echo ready; while :; do sleep 0.05; done'`, 300)
      expect(text).toBe('ready\n')
      expect(performance.now() - began).toBeLessThan(15_000)
    })
  })
})

const rooms = await roomsHere()

describe('the room of a stage', needs(rooms === undefined, `no namespaces for steps: ${rooms}`), () => {
  it('shows the workspace as /harness, and the machine around it', async () => {
    const { sh, workspace, notes } = await opened()
    const { text } = await sh('pwd; echo "$HARNESS_WORKSPACE"; echo made > /harness/file; id -u; test -d /etc && echo etc')
    expect(text).toBe(`/harness\n/harness\n${process.getuid?.()}\netc\n`)
    expect(await readFileSync(workspace.hostPath('/harness/file'), 'utf8')).toBe('made\n')
    expect(notes).toEqual([])
    await workspace.close({ signal })
  })

  it('numbers processes anew, so that a step sees only its own', async () => {
    const { sh, workspace } = await opened()
    const { text } = await sh('echo $$ $(cat /proc/$$/comm); ls /proc | grep -c "^[0-9]"')
    expect(text).toMatch(/^2 sh\n[2-6]\n$/)
    await workspace.close({ signal })
  })

  it('ends with a step what left its process group', async () => {
    const { sh, workspace } = await opened()
    const mark = `301.${process.pid}`
    await sh(`setsid sh -c 'trap "" TERM HUP; sleep ${mark}' & sleep 0.1`)
    expect(running(`sleep\0${mark}`)).toEqual([])
    await workspace.close({ signal })
  })

  it('lets a step open its own output again', async () => {
    const { sh, workspace } = await opened()
    const { text, exit } = await sh('echo one > /dev/stderr; echo two | tee /dev/stderr > /dev/null')
    expect([text, exit]).toEqual(['one\ntwo\n', { kind: 'exited', code: 0 }])
    await workspace.close({ signal })
  })

  it('keeps folders that a step makes beside /harness for the stage alone', async () => {
    const { sh, workspace } = await opened()
    await sh(`mkdir /slipway-${process.pid}; echo kept > /slipway-${process.pid}/file`)
    expect((await sh(`cat /slipway-${process.pid}/file`)).text).toBe('kept\n')
    expect(readdirSync('/')).not.toContain(`slipway-${process.pid}`)
    await workspace.close({ signal })
  })

  it('says which signal ended a step', async () => {
    const { sh, workspace } = await opened()
    expect((await sh('kill -USR1 $$; sleep 5')).exit).toEqual({ kind: 'killed', signal: 'SIGUSR1' })
    await workspace.close({ signal })
  })

  it('says that a step was killed whose keeper was, and ends all of it', async () => {
    const { sh, workspace } = await opened()
    const mark = `301.${process.pid}`
    const ended = sh(`sleep ${mark}; echo after`)
    kill(parentOf(await soon(`sleep\0${mark}`), 2), 'SIGKILL')
    expect(await ended).toMatchObject({ exit: { kind: 'killed', signal: 'SIGKILL' }, text: '' })
    expect(running(`sleep\0${mark}`)).toEqual([])
    expect((await sh('echo well')).text).toBe('well\n')
    await workspace.close({ signal })
  })

  it('has one program start all its steps, which dies with them and is started again', async () => {
    const { sh, workspace } = await opened()
    const marks = [`302.${process.pid}`, `303.${process.pid}`]
    const ended = marks.map((mark) => sh(`sleep ${mark}; true`, { name: `s/${mark}` }))
    const starters = await Promise.all(marks.map(async (mark) => parentOf(await soon(`sleep\0${mark}`), 3)))
    expect(new Set(starters).size).toBe(1)
    kill(Number(starters[0]), 'SIGKILL')
    for (const one of ended) expect((await one).exit).toEqual({ kind: 'killed', signal: 'SIGKILL' })
    await expect.poll(() => marks.flatMap((mark) => running(`sleep\0${mark}`))).toEqual([])
    expect((await sh('echo well')).text).toBe('well\n')
    await workspace.close({ signal })
  })

  it('takes variables of a megabyte, and says so when there is more than the system takes', async () => {
    const { sh, workspace } = await opened()
    const of = (count: number): Map<string, string> => new Map(Array.from({ length: count }, (_, i) => [`V${i}`, 'x'.repeat(100_000)]))
    expect((await sh('echo ${#V9}', { env: of(10) })).text).toBe('100000\n')
    await expect(sh('true', { env: of(70) })).rejects.toThrow('cannot execute: error 7')
    await expect(sh('true', { env: of(90) })).rejects.toThrow('too long')
    await expect(sh('true', { env: new Map([['V', 'a\0b']]) })).rejects.toThrow('zero byte')
    await workspace.close({ signal })
  })

  it('says that a program is missing before anything runs', async () => {
    const { workspace } = await opened()
    const spec = { name: 's/y', start: { kind: 'program', argv: ['no-such-program'] }, env: new Map(), outputs: [], graceMs: 100 } as const
    await expect(workspace.start(spec, { signal })).rejects.toThrow('no-such-program')
    await workspace.close({ signal })
  })
})

describe('shells that are not there', () => {
  it.each([
    ['Sh', 'such as `image: busybox`'],
    ['Bash', 'install bash, say `shell: Sh`, or run the step in an image that has it: `image: bash`'],
    ['Pwsh', 'install PowerShell, or run the step in an image that has it: `image: mcr.microsoft.com/powershell`'],
    ['Powershell', 'install PowerShell'],
    ['Python', 'install python3, or run the step in an image that has it: `image: python:3-slim`'],
  ])('%s: a step says what is missing, and what to do about it', async (shell, hint) => {
    const { sh, workspace, dir } = await opened()
    const failure = await sh('true', { start: { kind: 'script', shell, script: 'true' }, env: new Map([['PATH', dir]]) }).catch((error: unknown) => error)
    expect(isProblem(failure, 'STEP_PROGRAM_MISSING') && failure.diagnostic).toMatchObject({ hint: expect.stringContaining(hint) })
    await workspace.close({ signal })
  })

  it('are refused when nobody knows them, with those that are known', async () => {
    const { sh, workspace } = await opened()
    const failure = await sh('true', { start: { kind: 'script', shell: 'Zsh', script: 'true' } }).catch((error: unknown) => error)
    const { message, hint } = isProblem(failure, 'STEP_SHELL_UNKNOWN') ? failure.diagnostic : {}
    expect([message, hint]).toEqual([expect.stringContaining('"Zsh"'), expect.stringContaining('Sh, Bash, Pwsh, Powershell, Python')])
    await workspace.close({ signal })
  })
})

describe('shared paths', needs(rooms === undefined, `no namespaces for steps: ${rooms}`), () => {
  const shared = `/slipway-shared-${process.pid}`

  it('are empty folders that all steps of the stage see, and no other stage', async () => {
    const { sh, workspace, dir } = await opened({ stage: { sharedPaths: [`${shared}/deep`] } })
    expect((await sh(`ls ${shared}/deep; echo kept > ${shared}/deep/file`)).text).toBe('')
    expect((await sh(`cat ${shared}/deep/file`)).text).toBe('kept\n')
    const other = await opened({ dir, stage: { sharedPaths: [`${shared}/deep`] } })
    expect((await other.sh(`ls ${shared}/deep`)).text).toBe('')
    await workspace.close({ signal })
    await other.workspace.close({ signal })
    expect(readdirSync('/')).not.toContain(shared.slice(1))
  })

  it('cover folders of the machine for the stage alone, but none that the system needs', async () => {
    const { dir } = tempProject({ file: 'of the machine' })
    const { sh, workspace, notes } = await opened({ stage: { sharedPaths: [dir, '/etc', '/harness/x', '/a/<+stage.name>', `${dir}/absent`] } })
    expect((await sh(`ls ${dir}; test -e /etc/passwd && echo passwd`)).text).toBe('passwd\n')
    expect(notes.map(({ code, message }) => [code, message])).toEqual([
      ['SHARED_PATH_REFUSED', expect.stringContaining('/harness/x')],
      ['SHARED_PATH_REFUSED', expect.stringContaining('/a/<+stage.name>')],
      ['SHARED_PATH_IN_IMAGES_ONLY', `shared paths that only steps in images see: /etc, ${dir}/absent`],
    ])
    await workspace.close({ signal })
    expect(readdirSync(dir)).toEqual(['file'])
  })
})

describe('services of a stage', needs(rooms === undefined, `no namespaces for steps: ${rooms}`), () => {
  it('are found on this machine by the names of their steps', async () => {
    const service = { kind: 'step', type: 'Background', path: 's/web', identifier: 'web', name: 'web' } as StepPlan
    const { sh, workspace } = await opened({ stage: { steps: [{ kind: 'parallel', children: [service] }] } })
    expect((await sh('grep -w web /etc/hosts; grep -c localhost /etc/hosts')).text).toMatch(/^127\.0\.0\.1\tweb\n[1-9]/)
    expect(readFileSync('/etc/hosts', 'utf8')).not.toMatch(/\bweb\b/)
    await workspace.close({ signal })
  })
})

describe('ports of a service', () => {
  it('are not mapped on this machine, and a note names those that should be', async () => {
    const { sh, workspace, notes } = await opened()
    await sh('true', { ports: { '6379': '6379', '8080': '80' } })
    const told = notes.flatMap(({ code, message }) => (code === 'SERVICE_PORT_NOT_MAPPED' ? [message] : []))
    expect(told).toEqual([expect.stringContaining('its own port 80, not on 8080')])
    await workspace.close({ signal })
  })
})

describe('a machine without namespaces for steps', () => {
  const env = { SLIPWAY_NAMESPACES: '0' }

  it('runs steps in the workspace where it lies, and says so', async () => {
    const { sh, workspace, notes } = await opened({ env })
    const { text } = await sh('pwd; echo "$HARNESS_WORKSPACE"')
    expect(text).toBe(`${workspace.hostPath('.')}\n${workspace.hostPath('.')}\n`)
    expect(notes.map(({ code }) => code)).toEqual(['WORKSPACE_ELSEWHERE'])
    await workspace.close({ signal })
  })
})

describe('folders of stages', () => {
  it('takes away what a dead process left, and leaves alone what a living one uses', async () => {
    const { workspace, dir } = await opened()
    const [mine = ''] = await readdir(dir)
    await mkdir(join(dir, 'stage-4194304.1-dead', 'harness'), { recursive: true })
    const other = await localInfra({ dir, env: process.env, kill, images: noImages, code: codeFor(dir) }).open(stage, {
      run: brandAs<RunId>('r'),
      signal,
      note: () => undefined,
    })
    const left = await readdir(dir)
    await other.close({ signal })
    expect(left).toContain(mine)
    expect(left).not.toContain('stage-4194304.1-dead')
    await workspace.close({ signal })
  })

  it('gives steps a folder for temporary files that ends with the stage', async () => {
    const { sh, workspace } = await opened()
    const { text } = await sh('mktemp')
    expect(text).toContain('/tmp/')
    await workspace.close({ signal })
    await expect(stat(text.trim())).rejects.toThrow('ENOENT')
  })
})

async function roomsHere(): Promise<string | undefined> {
  const { notes, workspace } = await opened()
  await workspace.close({ signal })
  return notes.find(({ code }) => code === 'WORKSPACE_ELSEWHERE')?.message
}
