/**
 * The engine buildx against the tables that the embedded engine is held to: every step type in every mode, the pipelines of the documents, and what comes
 * after a build. One daemon builds all of it, with networks of its own. Needs root.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { cases } from '../../matrix/cases.ts'
import { type DockerAside, realDocker } from '../../matrix/docker-aside.ts'
import { runCase } from '../../matrix/run-case.ts'
import { type Fleet, startFleet } from '../../support/cloud/fleet.ts'
import { needs, promised } from '../../support/skip.ts'
import { documentOptions, documents } from '../golden/documents.ts'
import { laterOptions, laterSteps } from '../golden/later-steps.ts'
import { type ChrootedDocker, dockerRoot, startChrootedDocker } from '../support/chrooted-docker.ts'
import { type DockerClient, dockerClient } from './docker-client.ts'
import { type Leftovers, leftovers } from './leftovers.ts'
import { outputsAndPlugins } from './outputs-and-plugins.ts'

const root = dockerRoot()

describe('with the engine buildx', promised('ci', needs(root.missing === undefined, root.missing ?? '')), () => {
  let docker: ChrootedDocker
  let client: DockerClient
  let home: string
  let before: Leftovers
  const env = () => client.env
  beforeAll(async () => {
    docker = await startChrootedDocker(root.folder ?? '', { containerd: true, bridge: true })
    client = dockerClient(root.folder ?? '', join(docker.shared, 'client'), join(docker.shared, 'docker.sock'))
    home = mkdtempSync(join(tmpdir(), 'slipway-tables-'))
    before = await leftovers(client.env, home, client.config)
  })
  afterAll(async () => {
    await docker?.stop()
    rmSync(home, { recursive: true, force: true })
  })

  describe('image steps', () => {
    let fleet: Fleet
    let aside: DockerAside
    beforeAll(async () => {
      fleet = await startFleet()
      aside = realDocker(docker.host)
    })
    afterAll(() => fleet?.stop())
    it.concurrent.each(cases('buildx'))('$row.type: $mode.name, said at the $level', async (one) => {
      await runCase(one, { fleet, engine: 'buildx', home, env: client.env, docker: async () => aside })
    })
  })

  describe('pipelines of the documents', documentOptions, () => documents({ engine: 'buildx', env }))

  describe('around a build', laterOptions, () => laterSteps({ engine: 'buildx', env }))

  describe('outputs and plugins', () => outputsAndPlugins(env))

  it('leaves no container, volume, network, builder or file of its own behind, after all of it', async ({ expect }) => {
    const { images: _images, ...others } = await leftovers(client.env, home, client.config)
    const { images: _none, ...were } = before
    expect(others).toEqual(were)
  })
})
