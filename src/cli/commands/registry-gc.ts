/** `slipway registry gc`: frees the room of what nobody can reach in folders of the embedded registry, also of one that is being served. */
import { join, resolve } from 'node:path'
import { humanBytes, plural } from '../../base/human.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { durationOption } from '../images/amounts.ts'
import type { World } from '../world.ts'

export interface RegistryGcOptions {
  /** Of the registry; without it all those of the data folder. */
  readonly data?: string
  readonly grace: string
  readonly untagged?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

export async function registryGc(o: RegistryGcOptions, world: World): Promise<ExitCode> {
  const dir = o.data === undefined ? join(world.home, 'registry') : resolve(world.cwd, o.data)
  const beforeMs = world.clock.now() - durationOption('--grace', o.grace)
  const dryRun = o.dryRun ?? false
  const registries = await world.tools.collectRegistries(dir, { beforeMs, untagged: o.untagged ?? false, dryRun, signal: world.signal })
  if (o.json === true) await world.stdout.write(`${JSON.stringify({ dryRun, registries }, null, 2)}\n`)
  else for (const one of registries) await world.stdout.write(`${one.dir}: ${told(one, dryRun)}\n`)
  if (registries.length === 0 && o.json !== true) await world.stdout.write(`${dir} holds no registry\n`)
  return exitCodes.done
}

function told({ manifests, blobs, bytes }: { manifests: number; blobs: number; bytes: number }, dryRun: boolean): string {
  const removed = manifests === 0 ? '' : `${dryRun ? 'would remove' : 'removed'} ${plural(manifests, 'manifest')}, `
  return `${removed}${dryRun ? 'would free' : 'freed'} ${humanBytes(bytes)} in ${plural(blobs, 'blob')}`
}
