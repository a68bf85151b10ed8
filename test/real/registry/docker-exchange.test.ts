/** Docker and the embedded registry as people start it: docker pushes to it and pulls from it, and both agree on every digest. */
import { mkdirSync } from 'node:fs'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/oci/digest.ts'
import { validate } from '../../../src/oci/validate.ts'
import type { Image } from '../../../src/oci/views.ts'
import { pull } from '../../../src/registry/pull.ts'
import { push } from '../../../src/registry/push.ts'
import { madeImage } from '../../support/made-image.ts'
import { real } from '../../support/real.ts'
import { freePort, type RealProcess, startProcess } from '../../support/real-process.ts'
import { testClient } from '../../support/registry/embedded.ts'
import { needs, promised } from '../../support/skip.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { type DockerDaemon, startDockerDaemon } from '../media/docker-daemon.ts'
import { mustRun, runProgram } from '../support/run-program.ts'

const daemonProgram = real('dockerd', { apt: 'docker.io' })
const docker = real('docker', { apt: 'docker.io' })
const able = daemonProgram.missing === undefined && docker.missing === undefined && process.getuid?.() === 0
const signal = new AbortController().signal

describe('docker', promised('ci', needs(able, daemonProgram.missing ?? docker.missing ?? 'dockerd needs root')), () => {
  let daemon: DockerDaemon
  let server: RealProcess
  let project: TempProject
  let registry: string
  beforeAll(async () => {
    project = tempProject()
    registry = `127.0.0.1:${await freePort()}`
    const args = ['src/main/cli.ts', 'registry', 'serve', '--listen', registry, '--data', project.path('registry')]
    server = await startProcess({ program: process.execPath, args, ready: async () => (await fetch(`http://${registry}/v2/`)).ok })
    daemon = await startDockerDaemon(daemonProgram.path)
  }, 60_000)
  afterAll(async () => {
    await daemon?.stop()
    await server?.stop()
    project?.remove()
  })

  const run = (...args: readonly string[]) => mustRun(docker.path, ['-H', daemon.host, ...args], { env: { DOCKER_CONFIG: project.path('docker') } })
  const at = (repository: string) => ({ registry, repository, tag: '1', tags: ['1'], name: `${registry}/${repository}:1` })
  const client = () => testClient()

  it.each(['oci', 'docker'] as const)('pulls ours (%s), runs nothing, and pushes it back with the same configuration', async (format) => {
    mkdirSync(project.path('docker'), { recursive: true })
    const image = await madeImage([{ files: { 'etc/one': format } }, { files: { two: 'two' } }], { format })
    const [from, to] = [at(`ours/${format}`), at(`back/${format}`)]
    await push(image, from, { client: client(), signal })
    expect(await run('pull', from.name)).toContain(await image.digest())
    await run('tag', from.name, to.name)
    expect(await run('push', to.name)).toMatch(/digest: sha256:/)
    const view = (await pull(to, { client: client(), signal })) as Image
    expect(await validate(view, { signal })).toEqual([])
    expect(digestOf(await view.configBytes())).toBe(digestOf(await image.configBytes()))
  })

  it('builds one and pushes it; pulled by digest after it was removed, it is the same', async () => {
    const to = at('built/app')
    project.write({ 'context/Dockerfile': 'FROM scratch\nCOPY hello.txt /hello.txt\nCMD ["/hello"]\n', 'context/hello.txt': 'hello' })
    const built = mustRun(docker.path, ['-H', daemon.host, 'build', '--quiet', '--tag', to.name, project.path('context')], {
      env: { DOCKER_CONFIG: project.path('docker'), DOCKER_BUILDKIT: '0' },
    })
    const id = (await built).trim()
    const digest = /digest: (sha256:\w+)/.exec(await run('push', to.name))?.[1] ?? expect.fail('docker tells no digest')
    const view = (await pull(to, { client: client(), signal })) as Image
    expect([await view.digest(), digestOf(await view.configBytes())]).toEqual([digest, id])
    expect(await validate(view, { signal })).toEqual([])
    await run('rmi', to.name)
    await run('pull', `${registry}/built/app@${digest}`)
    expect((await run('inspect', '--format', '{{.Id}}', `${registry}/built/app@${digest}`)).trim()).toBe(id)
  })

  it('is told what is not there', async () => {
    const { code, err } = await runProgram(docker.path, ['-H', daemon.host, 'pull', at('none/app').name])
    expect([code, err]).toEqual([1, expect.stringMatching(/not found|manifest unknown/)])
  })
})
