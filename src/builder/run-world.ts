/** What RUN needs of a build: a sandbox that works, the folders of layers, and stacks of them; made when the first RUN asks. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { problem } from '../base/problem.ts'
import type { Span } from '../base/span.ts'
import { once } from '../oci/once.ts'
import { namespaceSandbox } from './exec/namespaces.ts'
import type { Sandbox } from './exec/sandbox.ts'
import type { PendingLayer } from './pending-layer.ts'
import { folderWriter } from './rootfs/folder-writer.ts'
import { type Snapshots, snapshots, sweepWork } from './rootfs/snapshots.ts'
import type { LayerFolder, LayerFolders } from './rootfs/stack-lookup.ts'
import type { Waiting } from './tree/node.ts'

export interface RunWorld {
  readonly sandbox: Sandbox
  readonly snapshots: Snapshots
  /** Names a stack of layers by what is in it. */
  chainOf(layers: readonly PendingLayer[]): Promise<string>
  /** The layers as folders, topmost first; what is not there yet is filled. */
  stackOf(layers: readonly PendingLayer[]): Promise<LayerFolders>
  /** One folder, filled once per name. */
  filled(name: string, layer: Pick<PendingLayer, 'fill'>, below: LayerFolders): Promise<LayerFolder>
}

/** Throws BUILD_RUN_IMPOSSIBLE, with the place of the RUN that asks. */
export function runWorlds(root: string, given: Sandbox | undefined, o: Waiting): (at: Span) => Promise<RunWorld> {
  const started = once(async () => {
    const sandbox = given ?? namespaceSandbox()
    const store = snapshots(root)
    await sweepWork(root)
    const work = await store.work()
    try {
      return { world: worldOf(sandbox, store, o), ability: await sandbox.probe(work.folder, o) }
    } finally {
      await work.end()
    }
  })
  return async (at) => {
    const { world, ability } = await started()
    if (ability.kind === 'unable') throw problem('BUILD_RUN_IMPOSSIBLE', { reason: ability.reasons.join('; ') }, { at })
    return world
  }
}

/** Short, because an overlay has room for one page of names. */
export function nextChain(chain: string, identity: string): string {
  return createHash('sha256').update(`${chain} ${identity}`).digest('hex').slice(0, 32)
}

function worldOf(sandbox: Sandbox, store: Snapshots, o: Waiting): RunWorld {
  const running = new Map<string, Promise<LayerFolder>>()
  const fill: RunWorld['filled'] = async (name, layer, below) => {
    if (!store.has(name)) {
      const work = await store.work()
      try {
        const folder = join(work.folder, 'fs')
        const writer = folderWriter(folder, sandbox, { ...o, scratch: work.folder })
        await layer.fill(writer, below, o)
        await store.adopt(name, folder, await writer.end())
      } finally {
        await work.end()
      }
    }
    const { opaque, attributes } = store.about(name)
    return { folder: store.folder(name), opaque: new Set(opaque), attributes }
  }
  const filled: RunWorld['filled'] = (name, layer, below) => {
    const started = running.get(name) ?? fill(name, layer, below)
    running.set(name, started)
    return started
  }
  return {
    sandbox,
    snapshots: store,
    filled,
    async chainOf(layers) {
      let chain = ''
      for (const layer of layers) chain = nextChain(chain, await layer.identity())
      return chain
    },
    async stackOf(layers) {
      const stack: LayerFolder[] = []
      let chain = ''
      for (const layer of layers) {
        chain = nextChain(chain, await layer.identity())
        stack.unshift(await filled(chain, layer, [...stack]))
      }
      return stack
    },
  }
}
