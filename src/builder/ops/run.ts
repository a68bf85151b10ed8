/** Carries out RUN: looks for an earlier result, else stacks the layers, runs the command in the sandbox and keeps what it changed. */
import { join } from 'node:path'
import { problem } from '../../base/problem.ts'
import { proxyArgs } from '../../dockerfile/scope.ts'
import { once } from '../../oci/once.ts'
import type { BuildWorld } from '../build-world.ts'
import type { Facts } from '../cache/story.ts'
import { createdNs } from '../carry-out.ts'
import { ownersName } from '../exec/keeper/keep-owners.ts'
import { readOwnerLog } from '../exec/keeper/owners.ts'
import { kernelFolders } from '../exec/kernel-folders.ts'
import type { Ended, ProcessSpec, SandboxMount } from '../exec/sandbox.ts'
import { storedLayer } from '../layer/stored-layer.ts'
import { upperLayer } from '../layer/upper-layer.ts'
import { writeLayer } from '../layer/write-layer.ts'
import type { RunOp } from '../lower/op.ts'
import { ageOf, type PendingLayer } from '../pending-layer.ts'
import { fillFromTar } from '../rootfs/fill.ts'
import { laterTar, tarOf } from '../rootfs/layer-tar.ts'
import { ownersOfSpecial } from '../rootfs/stack-lookup.ts'
import { readUpper, removeStubs, type UpperChanges } from '../rootfs/upper.ts'
import type { RunWorld } from '../run-world.ts'
import { chainOf, nextChain } from '../solve/chain.ts'
import { newResult, olderThan, readResult, rememberLayer, resultLayer, runKey } from '../solve/run-cache.ts'
import { inTurn } from '../solve/turns.ts'
import type { Told } from '../tell.ts'
import type { Tree } from '../tree/node.ts'
import { resolvePath } from '../tree/resolve.ts'
import { logLines } from './log-lines.ts'
import { hostsFile, resolvFile } from './network-files.ts'
import { processUser } from './process-user.ts'
import { runFacts } from './run-facts.ts'
import { mountIdentities, type OpenMounts, openMounts } from './run-mounts.ts'

export interface Standing {
  /** The layers that the command stands on. */
  readonly below: readonly PendingLayer[]
  readonly tree: Tree
}

export async function runOp(op: RunOp, standing: Standing, told: Told, world: BuildWorld): Promise<PendingLayer> {
  const runs = await world.runs(op.at)
  const chain = await chainOf(standing.below)
  const facts = await keyFacts(op, chain, world)
  const key = runKey(facts)
  const run = (): Promise<PendingLayer> => foundOrRun(op, { standing, told, chain, key, facts, runs }, world)
  // Builds at once often begin alike: the first of them runs the command, the others find what it made.
  return world.cache.noCache ? run() : inTurn(`${world.store.workFolder} ${key}`, run, world)
}

interface Asked {
  readonly standing: Standing
  readonly told: Told
  readonly chain: string
  readonly key: string
  readonly facts: RunKeyFacts
  readonly runs: RunWorld
}

async function foundOrRun(op: RunOp, { standing, told, chain, key, facts, runs }: Asked, world: BuildWorld): Promise<PendingLayer> {
  const common = { key, facts: runFacts(op, facts), standing, runs, world }
  const found = world.cache.noCache ? undefined : await readResult(world.store, key, world)
  const known = found === undefined || olderThan(found, world.request.cacheRules?.maxAgeMs, world.sinceMs) ? undefined : found
  if (known !== undefined && (runs.snapshots.has(nextChain(chain, known)) || (await resultLayer(world.store, known, world.cache.format, world)))) {
    told.end('cached')
    return resultOf({ ...common, id: known, chain: nextChain(chain, known), cached: true })
  }
  const id = newResult(world.sinceMs)
  const changes = await execute(op, { standing, runs, told, world, chain: nextChain(chain, id) })
  await world.store.writeRecord(key, id, world)
  return resultOf({ ...common, id, chain: nextChain(chain, id), cached: false, changes })
}

export type RunKeyFacts = Awaited<ReturnType<typeof keyFacts>>

async function keyFacts(op: RunOp, chain: string, world: BuildWorld) {
  const { args, env, cwd, user, network, scripts } = op
  const { addHosts = [], network: usual = 'host' } = world.request
  const mounts = await mountIdentities(op, world)
  return { chain, args, env, cwd, user, network: network === 'default' ? usual : network, scripts, addHosts, mounts, platform: world.platform }
}

interface Execution {
  readonly standing: Standing
  readonly runs: RunWorld
  readonly told: Told
  readonly world: BuildWorld
  /** Names the stack with this layer on it. */
  readonly chain: string
}

async function execute(op: RunOp, { standing, runs, told, world, chain }: Execution): Promise<UpperChanges> {
  const lowers = await runs.stackOf(standing.below)
  const work = await runs.snapshots.work()
  let mounts: OpenMounts | undefined
  try {
    mounts = await openMounts(op, standing, work.folder, runs, world)
    const process = await processOf(op, standing, world, mounts.env)
    const lines = logLines(told.log)
    const all = [...(await networkMounts(standing, world)), ...sharedMemory(world), ...mounts.mounts]
    const owners = runs.sandbox.keepsOwners ? { owners: ownersOfSpecial(lowers) } : {}
    const kept = { roots: runs.roots, becomes: runs.snapshots.folder(chain) }
    const job = { process, lowers: lowers.map(({ lower }) => lower), folder: work.folder, mounts: all, kept, ...owners }
    const ended = await runs.sandbox.run(job, { signal: world.signal, onOutput: lines.add })
    lines.end()
    judge(op, ended)
    const upper = join(work.folder, 'upper')
    removeStubs(upper, [...kernelFolders, ...all.map((mount) => mount.target.replace(/^\/+/, ''))], lowers)
    const later = runs.snapshots.folder(chain)
    const log = readOwnerLog(join(work.folder, ownersName))
    const changes = await readUpper(upper, lowers, runs.sandbox, { signal: world.signal, scratch: work.folder, later, log })
    await runs.snapshots.adopt(chain, upper, changes.about)
    return changes
  } finally {
    await mounts?.close()
    await work.end()
  }
}

function judge(op: RunOp, ended: Ended): void {
  const command = op.args.join(' ')
  if (ended.kind === 'exited' && ended.code === 0) return
  if (ended.kind === 'exited') throw problem('BUILD_RUN_FAILED', { command, exitCode: ended.code }, { at: op.at })
  if (ended.what.startsWith('execute ')) throw problem('BUILD_RUN_NOT_STARTED', { command, reason: whyNot(op, ended.error) }, { at: op.at })
  throw problem('BUILD_SANDBOX_FAILED', { what: ended.what, reason: ended.error }, { at: op.at })
}

function whyNot(op: RunOp, error: string): string {
  const program = op.args[0] ?? ''
  if (error === 'ENOENT') return `the image has no ${program}, or not what ${program} itself needs to start`
  if (error === 'EACCES') return `${program} may not be executed`
  return error === 'error 8' ? `${program} is no program for this CPU` : error
}

/** Proxies are handed through, and count in no key. */
async function processOf(op: RunOp, { tree }: Standing, world: BuildWorld, more: readonly string[]): Promise<ProcessSpec> {
  const { uid, gid, groups, home } = await processUser(tree.find, op.user, { signal: world.signal, at: op.at })
  const proxies = proxyArgs.flatMap((name) => (world.given.has(name) ? [`${name}=${world.given.get(name)}`] : []))
  const env = [...proxies, ...op.env, ...more]
  const network = op.network === 'default' ? (world.request.network ?? 'host') : op.network
  const homeless = !env.some((line) => line.startsWith('HOME='))
  return { args: op.args, env: homeless ? [...env, `HOME=${home}`] : env, cwd: op.cwd, uid, gid, groups, network }
}

async function networkMounts({ tree }: Standing, world: BuildWorld) {
  const files = { 'etc/resolv.conf': resolvFile(world.request), 'etc/hosts': hostsFile(world.request) }
  return Promise.all(
    Object.entries(files).map(async ([path, text]) => {
      const target = `/${await resolvePath(tree.find, path, world)}`
      return { kind: 'file', target, content: Buffer.from(text), mode: 0o644, uid: 0, gid: 0 } as const
    }),
  )
}

/** Over the usual one. */
function sharedMemory({ request }: BuildWorld): readonly SandboxMount[] {
  return request.shmBytes === undefined ? [] : [{ kind: 'tmpfs', target: '/dev/shm', size: request.shmBytes }]
}

interface Result {
  readonly key: string
  readonly facts: Facts
  readonly id: string
  readonly chain: string
  readonly cached: boolean
  readonly standing: Standing
  readonly runs: RunWorld
  readonly world: BuildWorld
  readonly changes?: UpperChanges
}

function resultOf(r: Result): PendingLayer {
  const { id, chain, runs, world, cached } = r
  const { format } = world.cache
  const o = { signal: world.signal, format }
  const write = once(async () => {
    const known = await resultLayer(world.store, id, format, world)
    if (known !== undefined) return { layer: storedLayer(known, world.store), cached, ...ageOf(known) }
    const changes = r.changes ?? (await readAgain(r))
    const content = upperLayer(changes, { mtimeNs: world.reproducible ? createdNs(world) : undefined })
    const written = await world.limit(() => writeLayer(content, world.cache))
    await rememberLayer(world.store, id, written, o)
    return { layer: storedLayer(written, world.store), cached, ...ageOf(written) }
  })
  return {
    write,
    identity: async () => id,
    // Only where the folder is gone: then the blob is there.
    fill: async (writer, below, w) => fillFromTar(tarOf((await write()).layer))(writer, below, w),
    tar: laterTar(async () => (await write()).layer),
    kept: {
      fate: () => (cached ? { kind: 'hit', from: world.store.whence(r.key) } : { kind: 'made' }),
      result: async () => id,
      facts: r.facts,
      async records() {
        const text = await world.store.readRecord(`${id}-${format}`, world)
        return text === undefined
          ? []
          : [
              [r.key, id],
              [`${id}-${format}`, text],
            ]
      },
    },
  }
  async function readAgain({ standing }: Result): Promise<UpperChanges> {
    const folder = runs.snapshots.folder(chain)
    const work = await runs.snapshots.work()
    try {
      const o = { signal: world.signal, scratch: work.folder, later: folder, owners: runs.snapshots.about(chain).owners }
      return await readUpper(folder, await runs.stackOf(standing.below), runs.sandbox, o)
    } finally {
      await work.end()
    }
  }
}
