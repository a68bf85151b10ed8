/** A Docker Engine, and a registry beside it that stands in for Docker Hub and has one small image. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fixture } from '../../../src/builder/build-fixture.ts'
import { type DockerEngine, dockerEngine } from '../../../src/docker-api/engine.ts'
import type { StepPlan } from '../../../src/plan/plan.ts'
import { createRegistryClient, type RegistryClient } from '../../../src/registry/client.ts'
import { push } from '../../../src/registry/push.ts'
import { basicAuth } from '../../../src/registry/server/access-rule.ts'
import { createRegistry } from '../../../src/registry/server/create-registry.ts'
import { ownDispatchers, undiciHttp } from '../../../src/registry/undici-http.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { writeSmallBase } from '../steps/small-base.ts'
import { type ChrootedDocker, dockerRoot, startChrootedDocker } from '../support/chrooted-docker.ts'

/** As steps name it. */
export const smallImage = 'small:1'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const root = busybox.missing === undefined ? dockerRoot() : { missing: busybox.missing }
export const dockerNeeds = promised('ci', needs(process.getuid?.() === 0 && root.missing === undefined, root.missing ?? 'a Docker Engine needs root'))

export interface DockerWorld {
  readonly docker: ChrootedDocker
  readonly engine: DockerEngine
  /** `127.0.0.1:port`. */
  readonly registry: string
  /** Goes straight to Docker Hub's stand-in. */
  readonly client: RegistryClient
  /** A registry that wants a login, with `small:1`; and a client that has one. */
  readonly closed: { readonly registry: string; readonly client: RegistryClient }
  readonly busybox: string
  /** What is left of Slipway in the engine: containers, volumes, networks beside the usual ones, images of stages. */
  left(): Promise<readonly string[]>
  close(): Promise<void>
}

export async function dockerWorld(o: { readonly bridge?: boolean } = {}): Promise<DockerWorld> {
  const { signal } = new AbortController()
  const folder = mkdtempSync(join(tmpdir(), 'slipway-docker-world-'))
  const server = createRegistry({ dir: join(folder, 'registry'), durability: 'fast' })
  const { url, address } = await server.listen({ port: 0, signal })
  const { dispatchers, close } = ownDispatchers({})
  const clock = { now: () => Date.now(), sleep: async () => undefined }
  const auth = { name: 'none', credentialsFor: async () => undefined }
  const send = undiciHttp(dispatchers)
  const hub = createRegistryClient({ send, auth, clock, hosts: [{ match: 'docker.io', endpoint: url }] })
  const f = await fixture()
  writeSmallBase(f.contextDir, busybox.path ?? '')
  const { image } = await f.build(readFileSync(join(f.contextDir, 'Dockerfile'), 'utf8'))
  await push(image, { registry: 'docker.io', repository: 'library/small', tags: ['1'] }, { client: hub, signal })
  const guarded = createRegistry({ dir: join(folder, 'guarded'), durability: 'fast', auth: basicAuth({ ann: 's:cret' }) })
  const { address: guardedAt } = await guarded.listen({ port: 0, signal })
  const ann = { name: 'ann', credentialsFor: async () => ({ kind: 'basic', username: 'ann', password: 's:cret' }) as const }
  const closed = { registry: guardedAt, client: createRegistryClient({ send, auth: ann, clock }) }
  await push(image, { registry: guardedAt, repository: 'small', tags: ['1'] }, { client: closed.client, signal })
  await f.remove()
  const docker = await startChrootedDocker(root.folder ?? '', { mirror: url, ...o })
  const engine = dockerEngine(docker.host)
  const lines = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { out } = await docker.run('docker', args)
    return out.split('\n').filter((line) => line !== '')
  }
  return {
    docker,
    engine,
    registry: address,
    client: createRegistryClient({ send, auth, clock }),
    closed,
    busybox: busybox.path ?? '',
    async left() {
      const networks = (await lines('network', 'ls', '--format', '{{.Name}}')).filter((name) => !['none', 'host', 'bridge'].includes(name))
      const images = (await lines('images', '--format', '{{.Repository}}')).filter((name) => name.startsWith('slipway-stage'))
      return [...(await lines('ps', '-aq')), ...(await lines('volume', 'ls', '-q')), ...networks, ...images]
    },
    async close() {
      await engine.close()
      await docker.stop()
      await close()
      await server.close()
      await guarded.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A Background step that is planned, for whoever starts it by hand. */
export const webService = {
  kind: 'step',
  type: 'Background',
  path: 's/web',
  identifier: 'web',
  name: 'web',
  work: { kind: 'unsupported', because: '' },
} as unknown as StepPlan
