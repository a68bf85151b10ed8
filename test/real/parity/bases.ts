/** The base images of the parity suite, in a registry that stands in for Docker Hub: busybox and a minimal Debian, and what cases name besides. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Fixture } from '../../../src/builder/build-fixture.ts'
import { fixture } from '../../../src/builder/build-fixture.ts'
import { baseDockerfile, writeBaseContext } from '../../../src/builder/parity-fixture.ts'
import type { Image } from '../../../src/oci/views.ts'
import { push } from '../../../src/registry/push.ts'
import { createRegistry } from '../../../src/registry/server/create-registry.ts'
import { busyboxBase } from '../builder/busybox-base.ts'
import { type BaseClient, baseClient, hub } from './base-client.ts'

export interface Bases extends BaseClient {
  /** `http://127.0.0.1:PORT`. */
  readonly mirror: string
}

const signal = new AbortController().signal

export async function startBases(o: { readonly folder: string; readonly busybox: string; readonly debian: string }): Promise<Bases> {
  const server = createRegistry({ dir: join(o.folder, 'registry'), durability: 'fast' })
  const { url } = await server.listen({ port: 0, signal })
  const base = baseClient(url)
  for (const [name, make] of Object.entries(makers)) {
    const f = await fixture()
    try {
      const [repository = '', tag = 'latest'] = name.split(':')
      await push(await make(f, o), { registry: hub, repository: `library/${repository}`, tags: [tag] }, { client: base.client, signal })
    } finally {
      await f.remove()
    }
  }
  return {
    ...base,
    mirror: url,
    close: async () => {
      await base.close()
      await server.close()
    },
  }
}

type Maker = (f: Fixture, o: { readonly busybox: string; readonly debian: string }) => Promise<Image>

const makers: Readonly<Record<string, Maker>> = {
  busybox: (f, { busybox }) => busyboxBase(f, busybox, ['dev', 'proc', 'sys']),
  debian: async (f, { debian }) => {
    execFileSync('tar', ['-C', debian, '--exclude=./var/log/*', '--exclude=./var/cache/*', '-cf', join(f.contextDir, 'debian.tar'), '.'])
    return (await f.build('FROM scratch\nADD debian.tar /\nCMD ["bash"]\n')).image
  },
  'base:1': async (f) => {
    writeBaseContext(f.contextDir)
    return (await f.build(baseDockerfile, { created: 1_600_000_000_000 })).image
  },
}
