/** The builders side by side: the embedded one, for one way of using registries and for several platforms, and the one that pretends. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { describe } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { problem } from '../../base/problem.ts'
import { fakeSandbox } from '../../builder/exec/fake-sandbox-fixture.ts'
import type { BuildStore } from '../../builder/store/build-store.ts'
import { directoryStore } from '../../builder/store/directory.ts'
import { builderContract } from '../../ports/builder.contract.ts'
import type { Builder } from '../../ports/builder.ts'
import { builderPerUse } from './builder-per-use.ts'
import { embeddedBuilder } from './embedded-builder.ts'
import { fakeBuilder } from './fake-builder.ts'
import type { Channel } from './rootless/messages.ts'
import { rootlessBuilder } from './rootless/rootless-builder.ts'
import { serveBuild } from './rootless/serve-build.ts'
import { severalPlatforms } from './several-platforms.ts'

function embedded(wrap: (builder: Builder, store: BuildStore) => Builder) {
  return async () => {
    const { dir } = tempProject({ 'context/a': 'of a', 'context/b': 'of b'.repeat(5000) })
    const storeDir = join(dir, 'store')
    const store = directoryStore(storeDir)
    const one = embeddedBuilder({
      store,
      baseImage: async (name) => Promise.reject(new Error(`no base image ${name} here`)),
      cacheClient: () => {
        throw new Error('no registry here')
      },
      tidy: async () => undefined,
      sandbox: fakeSandbox(),
    })
    return {
      builder: severalPlatforms(wrap(one, store)),
      contextDir: join(dir, 'context'),
      leftovers: () => filesBelow(storeDir).filter((name) => /(^|\/)(scratch|runs)\/.|slipway-tmp/.test(name)),
      kept: () =>
        filesBelow(storeDir)
          .map((name) => `${name}\n${readFileSync(join(storeDir, name), 'latin1')}`)
          .join('\n'),
    }
  }
}

function filesBelow(dir: string): readonly string[] {
  if (!existsSync(dir)) return []
  return readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name).slice(dir.length + 1)] : [],
  )
}

describe('the embedded builder', () => builderContract(embedded((builder) => builder)))

describe('a builder per way of using registries', () => builderContract(embedded((builder) => builderPerUse('embedded', () => builder))))

describe('a builder in another process', () => {
  const ability = { kind: 'able', rung: 3, layers: 'folder' } as const
  const mounts = () => Promise.reject(new Error('no')) as never
  const noCache = { items: async () => [], prune: async () => ({ removed: [], bytes: 0, leftBytes: 0 }) }
  const outside = (inside: Builder, store: BuildStore): Builder =>
    rootlessBuilder({
      // So that all builds go outside, not only those with a RUN.
      here: { name: 'embedded', check: async () => [], build: async () => Promise.reject(problem('BUILD_RUN_IMPOSSIBLE', { reason: 'not root' })) },
      facts: { home: '/home/data', hosts: [], env: {} },
      openBlob: (descriptor, _origin, o) => store.openBlob(descriptor.digest, o),
      async start() {
        const { port1, port2 } = new MessageChannel()
        void serveBuild(channel(port2), { builder: () => inside, cache: () => noCache, mounts, ability: async () => ability }).finally(() => port2.close())
        return channel(port1)
      },
    })
  builderContract(embedded(outside), {
    skip: [{ test: 'tells of layers that can be read and are in the image', reason: 'messages tell of no layers' }],
  })
})

/** Messages are cloned on their way, as between processes. */
function channel<In, Out>(port: MessagePort): Channel<In, Out> {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listen) => void port.on('message', listen),
    onEnd: (listen) => void port.on('close', () => listen('closed')),
    close: () => port.close(),
  }
}

describe('the builder that pretends', () =>
  builderContract(async () => ({ builder: fakeBuilder('embedded'), contextDir: '/nowhere', leftovers: () => [], kept: () => '' }), {
    skip: [
      { test: 'makes nothing twice', reason: 'it keeps nothing' },
      { test: 'throws a Problem with its place for faults of the Dockerfile, and for what the context lacks', reason: 'it reads no Dockerfile and no context' },
    ],
  }))
