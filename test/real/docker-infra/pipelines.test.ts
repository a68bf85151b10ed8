/** `slipway run --on docker` against a real Docker Engine: pipelines as users write them, cancelled ones, killed ones. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { getManifest } from '../../../src/registry/manifests.ts'
import { root as project } from '../../../tools/support/root.ts'
import { pipeline, type StepText, step } from '../steps/pipeline-text.ts'
import { type DockerWorld, dockerNeeds, dockerWorld, smallImage } from './docker-world.ts'

interface Ran {
  readonly code: number | null
  readonly out: string
}

const image = { image: smallImage }

/** The engine does not have our files: the workspace is copied. As root also where it has them. */
const people = [
  { who: 'root, files shared', uid: 0, shared: true },
  { who: 'root, files copied', uid: 0, shared: false },
  { who: 'an ordinary user', uid: 65_534, shared: true },
] as const

describe('pipelines on docker', () => {
  describe('for real', dockerNeeds, () => {
    let world: DockerWorld
    beforeAll(async () => {
      world = await dockerWorld()
      execFileSync('chmod', ['-R', 'a+rX', world.docker.shared, '--preserve-root'], { stdio: 'ignore' })
      execFileSync('chmod', ['666', join(world.docker.shared, 'docker.sock')])
    })
    afterAll(() => world?.close())
    afterEach(async () => {
      expect(await world.left()).toEqual([])
    })

    describe.each(people)('as $who', ({ uid, shared }) => {
      let folder: string
      beforeAll(() => {
        folder = mkdtempSync(join(shared ? world.docker.shared : tmpdir(), 'slipway-run-'))
        mkdirSync(join(folder, 'code'))
        writeFileSync(join(folder, 'code', 'app.sh'), 'echo app\n')
        writeFileSync(join(folder, 'code', 'Dockerfile'), `FROM scratch\nCOPY made.txt app.sh /\nLABEL by=slipway\n`)
        mkdirSync(join(folder, '.slipway'))
        writeFileSync(
          join(folder, '.slipway', 'config.yaml'),
          `hosts:\n  - {match: ghcr.io, endpoint: "http://${world.registry}"}\nconnectors:\n  - connector: {identifier: ghcr, name: ghcr, type: DockerRegistry, spec: {dockerRegistryUrl: "https://ghcr.io", auth: {type: Anonymous}}}\n`,
        )
        execFileSync('chown', ['-R', `${uid}:${uid}`, folder])
      })
      afterAll(() => {
        if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
      })

      function start(
        steps: readonly StepText[],
        o: { readonly more?: object; readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
      ) {
        writeFileSync(join(folder, 'pipeline.yaml'), pipeline(steps, { platform: { os: 'Linux', arch: 'Amd64' }, ...o.more }))
        const cli = ['--disable-warning=ExperimentalWarning', join(project, 'src/main/cli.ts'), 'run', 'pipeline.yaml', ...(o.args ?? ['--on', 'docker'])]
        const env = { PATH: process.env['PATH'] ?? '', HOME: folder, SLIPWAY_HOME: join(folder, 'data'), DOCKER_HOST: world.docker.host, ...o.env }
        const child = spawn(process.execPath, cli, { uid, gid: uid, env, cwd: folder })
        let out = ''
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding('utf8').on('data', (text: string) => {
            out += text
          })
        const ended = new Promise<Ran>((resolve) => void child.on('close', (code) => resolve({ code, out })))
        return { child, ended, so: (text: string) => expect.poll(() => out, { timeout: 60_000 }).toContain(text) }
      }

      it('runs steps and a service, builds, archives and pushes what they made', async () => {
        const service = {
          identifier: 'store',
          name: 'store',
          type: 'Background',
          spec: {
            shell: 'Sh',
            ...image,
            imagePullPolicy: 'IfNotPresent',
            command: 'while :; do echo +PONG | nc -l -p 16379; done',
            envVariables: { SLIPWAY_READY_TCP: '16379' },
          },
        }
        const build = {
          identifier: 'build',
          name: 'build',
          type: 'BuildAndPushDockerRegistry',
          spec: {
            connectorRef: 'ghcr',
            repo: 'ghcr.io/acme/app',
            tags: ['<+steps.ask.output.outputVariables.VERSION>'],
            envVariables: { PLUGIN_TAR_PATH: '/harness/app.tar' },
          },
        }
        const ask = 'sleep 1; nc store 16379 < /dev/null > made.txt; cat made.txt; ls; VERSION=1.2'
        const { ended } = start(
          [service, step('ask', ask, { ...image, outputs: ['VERSION'], user: '1000' }), build, step('check', 'ls -l app.tar; tar tf app.tar', image)],
          {
            more: { cloneCodebase: true, runtime: { type: 'Docker', spec: {} } },
            args: ['--codebase', 'code'],
          },
        )
        const { code, out } = await ended
        expect([code, code === 0 ? '' : out]).toEqual([0, ''])
        expect(out).toMatch(/\+PONG/)
        expect(out).toMatch(/app\.sh/)
        expect(out).toMatch(/manifest\.json/)
        const repository = world.client.repository({ registry: world.registry, repository: 'acme/app' }, ['pull'])
        expect((await getManifest(repository, '1.2', { signal: new AbortController().signal })).bytes.length).toBeGreaterThan(100)
        expect(readdirSync(join(folder, 'data', 'docker-stages'))).toEqual(['id'])
      })

      it('takes images that hosts maps from there, by its own client', async () => {
        const { ended } = start([step('one', 'echo "from $FROM_IMAGE"', { image: 'ghcr.io/library/small:1' })])
        const { code, out } = await ended
        expect([code, code === 0 ? '' : out]).toEqual([0, ''])
        expect(out).toContain('from yes')
      })

      it('is ended by Ctrl-C and leaves nothing', async () => {
        const { child, ended, so } = start([step('slow', 'x=gun; trap "echo asked to end; exit 3" TERM; echo be$x; while :; do sleep 0.1; done', image)])
        await so('begun')
        child.kill('SIGINT')
        const { code, out } = await ended
        expect(code).not.toBe(0)
        expect(out).toMatch(/^\S+ \[s\/slow\] asked to end$/m)
      })

      it.each([0, 100, 200, 400])('leaves nothing when Ctrl-C comes %i ms into the stage', async (ms) => {
        const { child, ended, so } = start([step('slow', 'sleep 600', image)])
        await so('stage started')
        await wait(ms)
        child.kill('SIGINT')
        expect((await ended).code).not.toBe(0)
      })

      it('takes away what a killed run left when the next one starts', async () => {
        const { child, ended, so } = start([step('slow', 'x=gun; echo be$x; sleep 600', image)])
        await so('begun')
        child.kill('SIGKILL')
        await ended
        expect(await world.left()).not.toEqual([])
        expect(readdirSync(join(folder, 'data', 'docker-stages')).length).toBe(2)
        const next = await start([step('next', 'echo next', image)]).ended
        expect(next.code).toBe(0)
        expect(await world.left()).toEqual([])
        expect(readdirSync(join(folder, 'data', 'docker-stages'))).toEqual(['id'])
      })
    })

    it('says what it tried when no engine answers, and which steps lack an image', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'slipway-run-'))
      writeFileSync(join(folder, 'pipeline.yaml'), pipeline([step('bare', 'true')]))
      const env = { PATH: process.env['PATH'] ?? '', HOME: folder, SLIPWAY_HOME: join(folder, 'data'), DOCKER_HOST: 'unix:///nowhere.sock' }
      const cli = ['--disable-warning=ExperimentalWarning', join(project, 'src/main/cli.ts'), 'run', 'pipeline.yaml', '--on', 'docker']
      const child = spawn(process.execPath, cli, { env, cwd: folder })
      let out = ''
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (out += text))
      await new Promise((resolve) => child.on('close', resolve))
      expect(out).toContain('INFRA_DOCKER_NO_IMAGE')
      expect(out).toMatch(/unix:\/\/\/nowhere\.sock \(DOCKER_HOST says so\): there is no such socket.*INFRA_DOCKER_UNREACHABLE/)
      rmSync(folder, { recursive: true, force: true })
    })
  })
})
