/** RUN --mount: what each one counts for in the cache key, and how it is opened for the sandbox. */
import { problem } from '../../base/problem.ts'
import type { Mount } from '../../dockerfile/mounts.ts'
import type { BuildWorld } from '../build-world.ts'
import type { SandboxMount } from '../exec/sandbox.ts'
import type { RunMount, RunOp } from '../lower/op.ts'
import type { RunWorld } from '../run-world.ts'
import { openKeyAgent } from '../ssh/key-agent.ts'
import { resolvePath } from '../tree/resolve.ts'
import { openAgentSocket } from './agent-socket.ts'
import { bindIdentity, openBind } from './bind-mount.ts'
import { openCache } from './cache-mount.ts'
import type { Standing } from './run.ts'

export interface OpenMounts {
  readonly mounts: readonly SandboxMount[]
  /** Secrets and sockets as variables. */
  readonly env: readonly string[]
  close(): Promise<void>
}

/** Secrets and sockets count by their definition, caches by theirs; only what is bound counts by content. */
export async function mountIdentities(op: RunOp, world: BuildWorld): Promise<readonly unknown[]> {
  return Promise.all(
    op.mounts.map(async (mount) => {
      const { from: _from, ...definition } = { from: undefined, ...mount.mount }
      return mount.mount.kind === 'bind' ? { ...definition, content: await bindIdentity(mount, world) } : definition
    }),
  )
}

interface Opened {
  readonly mount?: SandboxMount
  readonly env?: readonly string[]
  readonly close?: () => Promise<void>
}

/** `folder`: the RUN's own. */
export async function openMounts(op: RunOp, { tree }: Standing, folder: string, runs: RunWorld, world: BuildWorld): Promise<OpenMounts> {
  const opened: Opened[] = []
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0)) await one.close?.()
  }
  const real = async (target: string) => `/${await resolvePath(tree.find, target.startsWith('/') ? target : `${op.cwd}/${target}`, world)}`
  try {
    for (const [i, mount] of op.mounts.entries()) opened.push(await open(mount, { op, folder, runs, world, real, index: i }))
  } catch (error) {
    await close()
    throw error
  }
  const scripts = op.scripts.map(({ path, text }) => ({ kind: 'file', target: path, content: Buffer.from(text), mode: 0o755, uid: 0, gid: 0 }) as const)
  return { mounts: [...scripts, ...opened.flatMap(({ mount }) => mount ?? [])], env: opened.flatMap(({ env }) => env ?? []), close }
}

interface Opening {
  readonly op: RunOp
  readonly folder: string
  readonly runs: RunWorld
  readonly world: BuildWorld
  readonly real: (target: string) => Promise<string>
  readonly index: number
}

async function open(one: RunMount, o: Opening): Promise<Opened> {
  const { mount } = one
  switch (mount.kind) {
    case 'tmpfs':
      return { mount: { kind: 'tmpfs', target: await o.real(mount.target), size: mount.size } }
    case 'secret':
      return openSecret(mount, one, o)
    case 'ssh':
      return openSsh(mount, one, o)
    case 'bind':
      return { mount: await openBind({ ...one, mount }, await o.real(mount.target), o.runs, o.world) }
    case 'cache': {
      const { folder, close } = await openCache({ ...one, mount }, o.runs, o.world)
      return { mount: { kind: 'folder', target: await o.real(mount.target), source: folder, readOnly: mount.readOnly }, close }
    }
  }
}

async function openSecret(mount: Extract<Mount, { kind: 'secret' }>, { at }: RunMount, { world, real }: Opening): Promise<Opened> {
  const content = world.request.secrets?.get(mount.id)
  if (content === undefined) {
    if (mount.required) throw problem('BUILD_SECRET_MISSING', { kind: 'secret', id: mount.id }, { at })
    return {}
  }
  const { mode, uid, gid } = mount
  return {
    ...(mount.env !== undefined && { env: [`${mount.env}=${Buffer.from(content).toString('utf8')}`] }),
    ...(mount.target !== undefined && { mount: { kind: 'file', target: await real(mount.target), content, mode, uid, gid } }),
  }
}

/** The variable is there even where the agent is not, as BuildKit has it. */
async function openSsh(mount: Extract<Mount, { kind: 'ssh' }>, { at }: RunMount, { folder, world, real, index }: Opening): Promise<Opened> {
  const source = world.request.ssh?.get(mount.id)
  if (source === undefined && mount.required) throw problem('BUILD_SECRET_MISSING', { kind: 'ssh', id: mount.id }, { at })
  const target = await real(mount.target ?? `/run/buildkit/ssh_agent.${index}`)
  const env = [`SSH_AUTH_SOCK=${target}`]
  if (source === undefined) return { env }
  const keys = source.kind === 'keys' ? await openKeyAgent(mount.id, source.keys) : undefined
  const closeKeys = async (): Promise<void> => keys?.close()
  try {
    const { mode, uid, gid } = mount
    const shown = await openAgentSocket(keys?.socket ?? (source.kind === 'agent' ? source.socket : ''), { mode, uid, gid, folder, name: `agent-${index}` })
    return { mount: { kind: 'socket', target, source: shown.socket, uid, gid }, env, close: () => shown.close().finally(closeKeys) }
  } catch (error) {
    await closeKeys()
    throw error
  }
}
