/** What RUN needs of a build: a sandbox that works, the folders of layers, and stacks of them; made when the first RUN asks. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { problem } from '../base/problem.ts'
import type { Span } from '../base/span.ts'
import type { BuildEvent } from '../events/build-event.ts'
import { keptRoots } from './exec/chroot/kept-roots.ts'
import { namespaceSandbox } from './exec/namespaces.ts'
import type { Ability, KeptRoots, LayerForm, Sandbox } from './exec/sandbox.ts'
import { spreadFolders } from './exec/spread-folders.ts'
import type { PendingLayer } from './pending-layer.ts'
import { emptyImage } from './rootfs/erofs/empty-image.ts'
import { type LayerImages, layerImages, sweepImages } from './rootfs/erofs/images.ts'
import { stackImage } from './rootfs/erofs/stack-image.ts'
import { fillFromStack, fillFromTar } from './rootfs/fill.ts'
import { folderLayer } from './rootfs/folder-layer.ts'
import { folderWriter } from './rootfs/folder-writer.ts'
import { type Snapshots, snapshots, sweepWork } from './rootfs/snapshots.ts'
import type { LayerStack, StackLayer } from './rootfs/stack-lookup.ts'
import { nextChain } from './solve/chain.ts'
import type { Waiting } from './tree/node.ts'

export interface RunWorld {
  readonly sandbox: Sandbox
  readonly snapshots: Snapshots
  /** The layers in overlay form, topmost first; what is not there yet is fetched or filled. */
  stackOf(layers: readonly PendingLayer[]): Promise<LayerStack>
  /** One folder, filled once per name. */
  filled(name: string, layer: Pick<PendingLayer, 'fill'>, below: LayerStack): Promise<StackLayer>
  /** Undefined where layers are unpacked. */
  readonly images: LayerImages | undefined
  /** Where nothing is mounted: what one command stood on, for the next one of this build. */
  readonly roots: KeptRoots
}

/** `now`: without asking for it to be started. */
export interface RunWorlds {
  /** Throws BUILD_RUN_IMPOSSIBLE, with the place of the RUN that asks. */
  at(span: Span): Promise<RunWorld>
  now(): Promise<RunWorld | undefined>
  /** What was written for later builds is on the disk, and what was kept for this one is gone. */
  settled(): Promise<void>
}

export function runWorlds(root: string, given: Sandbox | undefined, o: Waiting & { readonly onAbility?: (ability: Ability) => void }): RunWorlds {
  let running: Promise<OpenRunWorld> | undefined
  return {
    async at(span) {
      running ??= openRunWorld(root, given, o)
      const { world, ability } = await running
      if (ability.kind === 'unable') throw problem('BUILD_RUN_IMPOSSIBLE', { reason: ability.reasons.join('; ') }, { at: span })
      return world
    },
    now: async () => (await running)?.world,
    async settled() {
      const opened = await running?.catch(() => undefined)
      await opened?.world.images?.settled()
      await opened?.world.roots.end()
    },
  }
}

export interface OpenRunWorld {
  readonly world: RunWorld
  readonly ability: Ability
}

export async function openRunWorld(
  root: string,
  given: Sandbox | undefined,
  o: Waiting & { readonly onAbility?: (ability: Ability) => void },
): Promise<OpenRunWorld> {
  const sandbox = given ?? namespaceSandbox()
  const store = snapshots(root, () => sandbox.folderForm)
  // Only faster: where it does not work, the probe below says what does not.
  if (given === undefined) await spreadFolders(join(root, 'runs'), root, o).catch(() => o.signal.throwIfAborted())
  await sweepWork(root)
  await sweepImages(root)
  const work = await store.work()
  try {
    const image = join(work.folder, 'empty.erofs')
    writeFileSync(image, emptyImage())
    const ability = await sandbox.probe(work.folder, { ...o, image, remember: join(root, 'ability.json') })
    o.onAbility?.(ability)
    const images = ability.kind === 'able' && ability.layers !== 'folder' ? layerImages(root, { ...o, work: store.work }) : undefined
    return { world: worldOf(sandbox, store, images, o), ability }
  } finally {
    await work.end()
  }
}

/** Which rung it is, for the build's story. */
export function tellAbility(ability: Ability, emit: (event: BuildEvent) => void): void {
  if (ability.kind === 'unable') return
  const { rung, layers, because = [] } = ability
  const reasons = because.length === 0 ? '' : ` (${because.join('; ')})`
  emit({ kind: 'log', text: `[internal] RUN on rung ${rung}: ${ways[layers]}${reasons}` })
}

const ways = {
  image: 'layers are mounted as they are, through EROFS',
  'image through loop': 'layers are mounted as they are, through EROFS and loop devices',
  folder: 'layers are unpacked',
} as const satisfies Record<LayerForm, string>

const mostLayers = 400

function worldOf(sandbox: Sandbox, store: Snapshots, images: LayerImages | undefined, o: Waiting): RunWorld {
  const running = new Map<string, Promise<StackLayer>>()
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
    return folderLayer(store.folder(name), store.about(name))
  }
  const filled: RunWorld['filled'] = (name, layer, below) => {
    const started = running.get(name) ?? fill(name, layer, below)
    running.set(name, started)
    return started
  }
  const layerOn = async (below: LayerStack, layer: PendingLayer, chain: string): Promise<LayerStack> => {
    if (images === undefined || layer.tar === undefined || running.has(chain) || store.has(chain)) {
      const folder = await filled(chain, layer, below)
      return folder.isOpaque('') ? [folder] : [folder, ...below]
    }
    return stackImage(await images.ready(layer.tar), below, { chain, images, unpack: (tar) => filled(chain, { fill: fillFromTar(tar) }, below) })
  }
  /** The kernel stacks 500 layers. The lower half of more than that becomes one. */
  const merged = async (stack: LayerStack): Promise<LayerStack> => {
    if (stack.length <= mostLayers) return stack
    const lower = stack.slice(mostLayers / 2)
    const name = nextChain('merged', JSON.stringify(lower.map((layer) => layer.lower)))
    return [...stack.slice(0, mostLayers / 2), await filled(name, { fill: fillFromStack(lower) }, [])]
  }
  return {
    sandbox,
    snapshots: store,
    filled,
    images,
    roots: keptRoots(store.work),
    async stackOf(layers) {
      const chains: string[] = []
      for (const layer of layers) chains.push(nextChain(chains.at(-1) ?? '', await layer.identity()))
      // Fetched side by side. A failure shows when the layer's turn comes.
      for (const [i, { tar }] of layers.entries()) if (tar !== undefined && !store.has(chains[i] ?? '')) images?.ready(tar).catch(() => undefined)
      let stack: LayerStack = []
      for (const [i, layer] of layers.entries()) stack = await merged(await layerOn(stack, layer, chains[i] ?? ''))
      return stack
    },
  }
}
