/** Infrastructure docker against a real Docker Engine: the contract of infrastructures, with a shared folder and with a volume. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { placeCode } from '../../../src/adapters/codebase/place-code.ts'
import { type DockerInfrastructure, dockerInfra } from '../../../src/adapters/infra/docker/docker-infra.ts'
import { brandAs } from '../../../src/base/brand.ts'
import type { Diagnostic } from '../../../src/base/diagnostic.ts'
import { problem } from '../../../src/base/problem.ts'
import type { RunId } from '../../../src/events/run-event.ts'
import { systemClock } from '../../../src/main/system-clock.ts'
import type { StagePlan } from '../../../src/plan/plan.ts'
import { infrastructureContract } from '../../../src/ports/infrastructure.contract.ts'
import type { ProcessSpec, StepImage, Workspace } from '../../../src/ports/infrastructure.ts'
import { plainUse } from '../../../src/ports/registry-use.ts'
import { secretValue } from '../../../src/ports/secret-source.ts'
import { type DockerWorld, dockerNeeds, dockerWorld, smallImage, webService } from './docker-world.ts'

const { signal } = new AbortController()
const kill = process.kill.bind(process)
const stage = {
  kind: 'stage',
  path: 's',
  identifier: 's',
  name: 's',
  when: { status: 'Success' },
  infrastructure: { on: 'docker', declared: 'Docker', os: 'Linux', arch: 'Amd64' },
  variables: {},
  steps: [],
} as const

describe.each(['shared', 'copied'] as const)('infrastructure docker, its workspace %s', (way) => {
  describe('for real', dockerNeeds, () => {
    let world: DockerWorld
    let dir: string
    const infras: DockerInfrastructure[] = []
    beforeAll(async () => {
      world = await dockerWorld()
      // The engine has the one folder at the same path, the other not at all.
      dir = mkdtempSync(join(way === 'shared' ? world.docker.shared : tmpdir(), 'slipway-infra-'))
    })
    afterAll(async () => {
      for (const infra of infras) await infra.close()
      await world?.close()
      if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
    })

    function infra(): DockerInfrastructure {
      const env = { ...process.env, DOCKER_HOST: world.docker.host, SLIPWAY_STEP_IMAGE: smallImage }
      const code = placeCode({ env, kill, clock: systemClock, home: dir, connectors: new Map(), onSecret: () => undefined, read: async () => '' })
      const stored = async (name: string) => {
        throw problem('IMAGE_NOT_STORED', { name, known: 'none' })
      }
      const made = dockerInfra({
        dir: join(dir, 'docker-stages'),
        env,
        code,
        self: { pid: process.pid, kill },
        client: ({ connector }) => (connector === 'ann' ? world.closed.client : world.client),
        stored,
      })
      infras.push(made)
      return made
    }

    async function opened(more: Partial<StagePlan> = {}) {
      const notes: Diagnostic[] = []
      const workspace = await infra().open({ ...stage, ...more }, { run: brandAs<RunId>('r'), signal, note: (note) => notes.push(note) })
      return { workspace, notes, sh: shellOf(workspace) }
    }

    infrastructureContract(async () => ({
      infrastructure: infra(),
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

    it('leaves nothing in the engine and no folder here', async () => {
      const { workspace, sh } = await opened({ sharedPaths: ['/cache'] })
      await sh('echo x > file; echo y > /cache/file')
      expect(await world.left()).not.toEqual([])
      await workspace.close({ signal })
      expect(await world.left()).toEqual([])
      expect(readdirSync(join(dir, 'docker-stages'))).toEqual(['id'])
    })

    it('shows steps what is written here, and here what steps write, whoever they are', async () => {
      const { workspace, sh, notes } = await opened()
      expect(notes.map(({ code }) => code).includes('WORKSPACE_COPIED')).toBe(way === 'copied')
      mkdirSync(workspace.hostPath('src'))
      writeFileSync(workspace.hostPath('src/a'), 'from here')
      const first = await sh('cat src/a; mkdir out; echo made > out/b; ln -s b out/c; chmod 750 out/b; rm src/a; : > out/empty')
      expect(first.text).toBe('from here')
      await workspace.bringHere?.({ signal })
      expect(readFileSync(workspace.hostPath('out/c'), 'utf8')).toBe('made\n')
      expect(existsSync(workspace.hostPath('src/a'))).toBe(false)
      writeFileSync(workspace.hostPath('out/image.tar'), 'built here')
      const second = await sh('id -u; cat /harness/out/image.tar; echo more >> out/b; echo mine > of-app', { user: '1000' })
      expect(second.text).toBe('1000\nbuilt here')
      await workspace.bringHere?.({ signal })
      expect(readFileSync(workspace.hostPath('out/b'), 'utf8')).toBe('made\nmore\n')
      expect((await sh('cat of-app src/a', {})).exit).toEqual({ kind: 'exited', code: 1 })
      await workspace.close({ signal })
    })

    it('keeps secrets out of what the engine and the process table show', async () => {
      const { workspace } = await opened()
      const env = new Map([['TOKEN', secretValue('t', 'hunter2hunter2')]])
      const spec = specOf('echo ${#TOKEN}; : topsecret; sleep 3; : argh', { env })
      const running = await workspace.start(spec, { signal })
      const shown: string[] = []
      for await (const chunk of running.output) {
        shown.push(Buffer.from(chunk.bytes).toString())
        const ids = (await world.docker.run('docker', ['ps', '-q', '--no-trunc'])).out.trim().split('\n')
        for (const args of [['inspect', ...ids], ['ps', '-a', '--no-trunc'], ...ids.map((id) => ['logs', id]), ...ids.map((id) => ['top', id])])
          shown.push((await world.docker.run('docker', args)).out)
        for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) shown.push(commandOf(pid))
      }
      await running.end
      expect(shown[0]).toBe('14\n')
      expect(shown.join('\n')).not.toMatch(/hunter2|topsecret/)
      await workspace.close({ signal })
    })

    it('says that the kernel ended a step for want of memory', async () => {
      const { workspace, sh } = await opened()
      const { exit } = await sh('x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; while :; do x=$x$x; done', { limits: { memoryBytes: 32 * 1024 * 1024, cpus: 1 } })
      expect(exit).toEqual({ kind: 'out-of-memory' })
      await workspace.close({ signal })
    })

    it('starts services that are reached as localhost and by their names, and knows when they answer', async () => {
      const { workspace, sh } = await opened({ steps: [webService] })
      expect(await workspace.answers(18_080, { signal })).toBe(false)
      const stop = new AbortController()
      const running = await workspace.start(specOf('while :; do echo hello | nc -l -p 18080; done', { name: 's/web' }), { signal: stop.signal })
      await expect.poll(() => workspace.answers(18_080, { signal }), { timeout: 20_000 }).toBe(true)
      const { text } = await sh('sleep 1; nc localhost 18080 < /dev/null; sleep 1; nc web 18080 < /dev/null')
      expect(text).toBe('hello\nhello\n')
      stop.abort()
      expect((await running.end).exit.kind).toBe('killed')
      await workspace.close({ signal })
    })

    it('runs what the image starts, or a program of it, with what the image says', async () => {
      const { workspace } = await opened()
      const run = async (start: ProcessSpec['start'], image: Partial<StepImage> = {}) => {
        const running = await workspace.start({ ...specOf('', image), start }, { signal })
        const text = await textOf(running.output)
        return { text, end: await running.end.catch((error: unknown) => error) }
      }
      expect((await run({ kind: 'program' }, { user: 'app' })).text).toBe('what the image starts, as 1000\n')
      expect((await run({ kind: 'program', argv: ['env'] })).text).toMatch(/PATH=\/bin\n.*HOME=\/root\n.*FROM_IMAGE=yes/s)
      expect((await run({ kind: 'program', argv: ['nothing'] })).end).toMatchObject({ code: 'STEP_PROGRAM_MISSING' })
      expect((await run({ kind: 'script', shell: 'Bash', script: 'true' })).end).toMatchObject({
        code: 'STEP_PROGRAM_MISSING',
        message: expect.stringContaining('small:1'),
      })
      expect((await run({ kind: 'program', argv: ['/etc/passwd'] })).end).toMatchObject({
        code: 'STEP_START_FAILED',
        message: expect.stringContaining('may not be executed'),
      })
      await workspace.close({ signal })
    })

    it('has the engine fetch images with the login of the step’s connector', async () => {
      const { workspace, sh } = await opened()
      const reference = `${world.closed.registry}/small:1`
      const denied = workspace.start(specOf('true', { reference }), { signal })
      await expect(denied).rejects.toMatchObject({ code: 'STEP_IMAGE_PULL_DENIED', message: expect.stringMatching(/small:1.*without a login/s) })
      const { text } = await sh('echo fetched', { reference, registry: { ...plainUse, connector: 'ann' } })
      expect(text).toBe('fetched\n')
      await world.engine.removeImage(reference, { signal })
      await workspace.close({ signal })
    })

    it('names the image, the login and a way out when it cannot be fetched', async () => {
      const { workspace } = await opened()
      const none = workspace.start(specOf('true', { reference: `${world.registry}/acme/none:1` }), { signal })
      await expect(none).rejects.toMatchObject({ code: 'STEP_IMAGE_PULL_FAILED', message: expect.stringMatching(/acme\/none:1.*without a login.*not found/s) })
      const never = workspace.start(specOf('true', { reference: 'other:1', pull: 'never' }), { signal })
      await expect(never).rejects.toMatchObject({ code: 'STEP_IMAGE_NOT_HERE' })
      await workspace.close({ signal })
    })
  })
})

interface More extends Partial<StepImage> {
  readonly env?: ProcessSpec['env']
  readonly name?: string
}

function specOf(script: string, { env = new Map(), name = 's/x', ...image }: More = {}): ProcessSpec {
  const start = { kind: 'script', shell: 'Sh', script } as const
  return { name, start, env, outputs: [], graceMs: 200, image: { reference: smallImage, pull: 'if-missing', registry: plainUse, privileged: false, ...image } }
}

function shellOf(workspace: Workspace) {
  return async (script: string, more: More = {}) => {
    const running = await workspace.start(specOf(script, more), { signal })
    return { text: await textOf(running.output), ...(await running.end) }
  }
}

async function textOf(output: AsyncIterable<{ readonly bytes: Uint8Array }>): Promise<string> {
  return Buffer.concat((await Array.fromAsync(output)).map(({ bytes }) => bytes)).toString()
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
