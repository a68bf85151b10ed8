/** Runs a step in its image: the image's layers below, what the step writes above them and then away, by the sandbox that builds have for RUN. */
import { rm } from 'node:fs/promises'
import { diagnose } from '../../../../base/diagnostic.ts'
import { problem } from '../../../../base/problem.ts'
import type { Ended, Sandbox, SandboxMount } from '../../../../builder/exec/sandbox.ts'
import { hostsFile, resolvFile } from '../../../../builder/ops/network-files.ts'
import { processUser } from '../../../../builder/ops/process-user.ts'
import { baseLayer } from '../../../../builder/pending-layer.ts'
import { stackTree } from '../../../../builder/rootfs/stack-tree.ts'
import { openRunWorld } from '../../../../builder/run-world.ts'
import { holdStore } from '../../../../builder/store/hold.ts'
import { type Find, resolvePath } from '../../../../builder/tree/resolve.ts'
import type { RunConfig } from '../../../../oci/manifest.ts'
import { handOver } from './hand-over.ts'
import type { ImageEnd, ImageJob, ImageRunning, ImageSteps } from './image-job.ts'
import { type ImagePlaces, openStepImage } from './open-image.ts'

export interface ImageParts extends ImagePlaces {
  /** Instead of the best one of this machine. */
  readonly sandbox?: Sandbox
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const hostName = 'slipway'
/** Rungs of the sandbox on which this process is root of a user namespace. */
const manyIds = 3
const oneId = 4

export function imageSteps(parts: ImageParts): ImageSteps {
  return {
    async run(job, o) {
      const over = await holdStore(parts.store.workFolder)
      try {
        return await runJob(job, parts, o)
      } finally {
        await over()
      }
    },
    remove: (folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
    close: async () => undefined,
  }
}

async function runJob(job: ImageJob, parts: ImageParts, { signal, polite, note }: ImageRunning): Promise<ImageEnd> {
  const before = AbortSignal.any([signal, polite])
  const { reference, user: asked, privileged } = job.image
  const image = await openStepImage(job.image, { ...parts, signal: before })
  const { config = {} } = await image.config()
  const own = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])]
  if (job.argvs.length === 0 && own.length === 0) throw problem('STEP_IMAGE_WITHOUT_COMMAND', { image: reference })
  const { world, ability } = await openRunWorld(parts.store.workFolder, parts.sandbox, { signal: before })
  if (ability.kind === 'unable') throw problem('STEP_IMAGE_IMPOSSIBLE', { image: reference, reason: ability.reasons.join('; ') })
  const stack = await world.stackOf((await image.layers()).map((layer) => baseLayer(layer, { store: parts.store, signal: before })))
  const { find } = stackTree(async () => stack)
  const env = environment(config, job)
  const argv = job.argvs.length === 0 ? own : await firstThere(job.argvs, env.get('PATH') ?? '', find, before)
  if (argv === undefined) return { kind: 'missing' }
  const user = await processUser(find, asked ?? config.User ?? '', { signal: before })
  if (privileged) note(diagnose('STEP_PRIVILEGED', { image: reference }))
  const work = await world.snapshots.work()
  try {
    if (user.uid !== 0 && ability.rung !== oneId) for (const path of job.owned) await handOver(path, user.uid, user.gid)
    const mounts = await mountsOf(job, find, before)
    before.throwIfAborted()
    const ended = await world.sandbox.run(
      {
        process: {
          args: argv,
          env: [...new Map([['HOME', user.home], ...env])].map(([name, value]) => `${name}=${value}`),
          cwd: job.cwd,
          uid: user.uid,
          gid: user.gid,
          groups: user.groups,
          network: 'host',
          hostName,
          supervised: true,
          privileged,
        },
        lowers: stack.map(({ lower }) => lower),
        folder: work.folder,
        mounts,
        output: job.output,
      },
      { signal, polite, onOutput: () => undefined },
    )
    return endOf(ended)
  } finally {
    // Outside the namespace all of it belongs to one user, who could neither read nor remove what belongs to others.
    if (ability.rung === manyIds) for (const path of job.owned) await handOver(path, 0, 0)
    await work.end()
    await world.images?.settled().catch(() => undefined)
  }
}

function endOf(ended: Ended): ImageEnd {
  return ended.kind === 'unable' ? ended : { kind: 'ended', status: ended.status ?? ended.code << 8 }
}

function environment(config: RunConfig, job: ImageJob): ReadonlyMap<string, string> {
  const env = new Map<string, string>([['PATH', defaultPath]])
  for (const line of config.Env ?? []) env.set(line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1))
  for (const [name, value] of job.env) env.set(name, value)
  return env
}

/** What has a slash may lie in a folder that is bound, so it is left to the start to find it. */
async function firstThere(argvs: ImageJob['argvs'], path: string, find: Find, signal: AbortSignal): Promise<readonly string[] | undefined> {
  for (const argv of argvs) {
    const [name = ''] = argv
    if (name.includes('/')) return argv
    for (const folder of path.split(':')) {
      const node = await find(await resolvePath(find, `${folder}/${name}`, { signal }), { signal })
      if (node?.kind === 'file') return argv
    }
  }
  return undefined
}

async function mountsOf(job: ImageJob, find: Find, signal: AbortSignal): Promise<readonly SandboxMount[]> {
  const real = async (path: string): Promise<string> => `/${await resolvePath(find, path, { signal })}`
  const file = async (path: string, text: string): Promise<SandboxMount> => {
    return { kind: 'file', target: await real(path), content: Buffer.from(text), mode: 0o644, uid: 0, gid: 0 }
  }
  const addHosts = [hostName, ...job.hosts].map((name) => ({ name, address: '127.0.0.1' }))
  const folders = job.binds.map(async ({ source, target }): Promise<SandboxMount> => {
    return { kind: 'folder', target: await real(target), source, readOnly: false }
  })
  return [await file('/etc/resolv.conf', resolvFile({})), await file('/etc/hosts', hostsFile({ addHosts })), ...(await Promise.all(folders))]
}
