/** What every builder promises, of the one that drives docker buildx; and builders of its own, by a BuildKit that is reached over the network. Needs root. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { severalPlatforms } from '../../../src/adapters/builders/several-platforms.ts'
import { cacheKeeper } from '../../../src/builder/store/cache-keeper.ts'
import type { BuildEvent } from '../../../src/events/build-event.ts'
import { composeBuildx } from '../../../src/main/compose-buildx.ts'
import { systemClock } from '../../../src/main/system-clock.ts'
import { builderContract } from '../../../src/ports/builder.contract.ts'
import type { Builder } from '../../../src/ports/builder.ts'
import { noWishes } from '../../../src/ports/tool-wishes.ts'
import { createRegistryClient } from '../../../src/registry/client.ts'
import { needs, promised } from '../../support/skip.ts'
import { tempProject } from '../../support/temp-project.ts'
import { type ChrootedDocker, dockerRoot, startChrootedDocker } from '../support/chrooted-docker.ts'
import { buildkitOf } from './buildkit-of.ts'
import { type DockerClient, dockerClient } from './docker-client.ts'
import { leftovers } from './leftovers.ts'

const root = dockerRoot()
const signal = AbortSignal.timeout(600_000)
const hour = 3_600_000

const scratch = {
  dockerfile: { name: 'Dockerfile', text: 'FROM scratch\nCOPY a /a\n' },
  args: new Map<string, string>(),
  labels: new Map<string, string>(),
  platform: { os: 'linux', architecture: 'amd64' },
  created: 0,
  reproducible: false,
  noCache: false,
}

describe('the builder that drives docker buildx', promised('ci', needs(root.missing === undefined, root.missing ?? '')), () => {
  let docker: ChrootedDocker
  let client: DockerClient
  let proxy: Server
  let home: string
  beforeAll(async () => {
    docker = await startChrootedDocker(root.folder ?? '', { containerd: true })
    client = dockerClient(root.folder ?? '', join(docker.shared, 'client'), join(docker.shared, 'docker.sock'))
    proxy = await buildkitOf(join(docker.shared, 'docker.sock'))
    home = mkdtempSync(join(tmpdir(), 'slipway-buildx-'))
  })
  afterAll(async () => {
    proxy?.close()
    await docker?.stop()
    rmSync(home, { recursive: true, force: true })
  })

  const builderAt = (dir: string): Builder =>
    composeBuildx(
      {
        home: dir,
        client: () =>
          createRegistryClient({
            send: async () => Promise.reject(new Error('no registry here')),
            auth: { name: 'none', credentialsFor: async () => undefined },
            clock: systemClock,
          }),
      },
      { env: client.env, kill: process.kill.bind(process), clock: systemClock, program: [], uid: 0, pid: process.pid },
    )

  const runsNothing = 'commands of RUN are real here, and there is no /x'
  builderContract(
    async () => {
      await docker.run('docker', ['buildx', 'prune', '--all', '--force'])
      const { dir } = tempProject({ 'context/a': 'of a', 'context/b': 'of b'.repeat(5000) })
      return {
        builder: builderAt(join(dir, 'home')),
        contextDir: join(dir, 'context'),
        leftovers: () => (existsSync(join(dir, 'home/buildx')) ? readdirSync(join(dir, 'home/buildx')) : []),
        kept: () => (existsSync(join(dir, 'home')) ? readdirSync(join(dir, 'home'), { recursive: true }).join('\n') : ''),
        clear: () => cacheKeeper(join(dir, 'home')).tidy({ signal, nowMs: Date.now() + 2 * hour }),
      }
    },
    {
      aborts: 5,
      skip: [
        { test: 'keeps secrets out of the image, of what it tells and of what it keeps', reason: runsNothing },
        { test: 'has nothing against a plain build, and does nothing by saying so', reason: 'asking makes the folder that builds work in' },
      ],
    },
  )

  it('keeps nothing of an image that nobody gave a name, once it has not been used for long', async () => {
    const dir = join(home, 'old')
    const { dir: contextDir } = tempProject({ a: 'of a' })
    await builderAt(dir).build({ ...scratch, contextDir }, { signal, emit: () => undefined })
    const blobs = () => readdirSync(join(dir, 'images/blobs/sha256')).length
    const tidyAfter = (ms: number) => cacheKeeper(dir).tidy({ signal, nowMs: Date.now() + ms })
    await tidyAfter(2 * hour)
    expect(blobs()).toBeGreaterThan(0)
    await tidyAfter(16 * 24 * hour)
    expect(blobs()).toBe(0)
  })

  it('makes the builder that is asked for, builds with it, and removes it', async () => {
    const dir = join(home, 'own')
    const before = await leftovers(client.env, dir, client.config)
    const { dir: context } = tempProject({ a: 'of a' })
    const told: BuildEvent[] = []
    const remote = `tcp://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const { image } = await builderAt(dir).build(
      { ...scratch, contextDir: context, tool: { ...noWishes, builder: { remote, driverOptions: [] } } },
      { signal, emit: (event) => void told.push(event) },
    )
    expect(image.kind).toBe('image')
    expect(told[0]).toMatchObject({ kind: 'log', text: expect.stringMatching(/builder slipway-\w+, driver remote/) })
    expect(await leftovers(client.env, dir, client.config)).toEqual(before)
  })

  it('says what a builder that cannot be made lacks, and leaves nothing of it', async () => {
    const dir = join(home, 'wrong')
    const before = await leftovers(client.env, dir, client.config)
    const { dir: context } = tempProject({})
    const request = { ...scratch, contextDir: context, dockerfile: { name: 'Dockerfile', text: 'FROM scratch\n' } }
    const wrong = { ...request, tool: { ...noWishes, builder: { driver: 'nonsense', driverOptions: [] } } }
    await expect(builderAt(dir).build(wrong, { signal, emit: () => undefined })).rejects.toMatchObject({ code: 'BUILDX_NO_DAEMON' })
    const named = { ...request, tool: { ...noWishes, builder: { name: 'default', driverOptions: [] } } }
    await expect(severalPlatforms(builderAt(dir)).build(named, { signal, emit: () => undefined })).resolves.toMatchObject({ layers: 0 })
    expect(await leftovers(client.env, dir, client.config)).toEqual(before)
  })
})
