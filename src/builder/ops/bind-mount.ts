/** RUN --mount=type=bind: a path of the context, of a stage or of an image. What is written there is lost. */
import { createHash } from 'node:crypto'
import { problem } from '../../base/problem.ts'
import type { Mount } from '../../dockerfile/mounts.ts'
import type { BuildWorld } from '../build-world.ts'
import type { SandboxMount } from '../exec/sandbox.ts'
import type { Changes } from '../layer/write-layer.ts'
import type { RunMount } from '../lower/op.ts'
import { existingLayer, type PendingLayer } from '../pending-layer.ts'
import { fillFromChanges } from '../rootfs/fill.ts'
import { stackTree } from '../rootfs/stack-tree.ts'
import type { RunWorld } from '../run-world.ts'
import { chainOf } from '../solve/chain.ts'
import { identityOf } from '../solve/identity.ts'
import { joinPath, type Tree, type TreeNode, type Waiting } from '../tree/node.ts'
import { resolvePath } from '../tree/resolve.ts'

/** What of a mount names its files. */
type Sourced = Pick<RunMount, 'at'> & { readonly mount: { readonly source: string; readonly from: string | undefined } }

type Bind = RunMount & { readonly mount: Extract<Mount, { kind: 'bind' }> }

/** Of another stage or image: which layers. Of the context: the content below the path. */
export async function bindIdentity(one: RunMount, world: BuildWorld): Promise<string> {
  const layers = await layersOf(one, world)
  return layers === undefined ? identityOf(await contextFiles(one as Bind, world), world.cache) : chainOf(layers)
}

export async function openBind(one: Bind, target: string, runs: RunWorld, world: BuildWorld): Promise<SandboxMount> {
  const layers = await layersOf(one, world)
  const common = { kind: 'stack', target, readOnly: one.mount.readOnly } as const
  if (layers !== undefined) {
    const stack = await runs.stackOf(layers)
    const { path, node } = await sourceIn(
      stackTree(async () => stack),
      one,
      world,
    )
    return { ...common, stack: stack.map(({ lower }) => lower), source: path, isFile: node.kind !== 'dir' }
  }
  const files = await contextFiles(one, world)
  const name = createHash('sha256')
    .update(`bind ${await bindIdentity(one, world)}`)
    .digest('hex')
    .slice(0, 32)
  const { lower } = await runs.filled(name, { fill: fillFromChanges(files) }, [])
  return { ...common, stack: [lower], source: 'bound', isFile: files[0]?.[1].kind !== 'dir' }
}

async function layersOf({ origin, at }: RunMount, world: BuildWorld): Promise<readonly PendingLayer[] | undefined> {
  if (origin.kind === 'context') return undefined
  if (origin.kind === 'stage') return (await world.stage(origin.index)).layers
  const image = await world.openBase(origin.name, world.platform, at)
  return (await image.layers()).map(existingLayer)
}

export async function sourceIn(tree: Tree, { mount, at }: Sourced, world: BuildWorld): Promise<{ path: string; node: TreeNode }> {
  const path = await resolvePath(tree.find, mount.source, world)
  const node = await tree.find(path, world)
  if (node === undefined)
    throw problem('BUILD_SOURCE_MISSING', { instruction: 'RUN --mount', source: mount.source, context: mount.from ?? 'the build context' }, { at })
  return { path, node }
}

async function contextFiles(one: Bind, world: BuildWorld): Promise<Changes> {
  const { path, node } = await sourceIn(world.context, one, world)
  return filesBelow(world.context, path, node, world)
}

/** Everything under the one name `bound`, be it a file or a folder. */
export async function filesBelow(tree: Tree, path: string, node: TreeNode, o: Waiting): Promise<Changes> {
  const found: (readonly [string, TreeNode])[] = [['bound', node]]
  const visit = async (from: string, to: string): Promise<void> => {
    for (const [name, child] of await tree.list(from, o)) {
      found.push([joinPath(to, name), child])
      if (child.kind === 'dir') await visit(joinPath(from, name), joinPath(to, name))
    }
  }
  if (node.kind === 'dir') await visit(path, 'bound')
  return found
}
