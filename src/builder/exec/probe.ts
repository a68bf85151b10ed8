/** What the sandbox can do here: tried out with a program that is not there, so that everything has to work up to the search for it. */
import { mkdirSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { thisUser } from '../../media/this-user.ts'
import { attachLoop, mountImage } from './image-steps.ts'
import { cpuOf } from './machine/launch.ts'
import type { Ability, Ended, LayerForm, Lower, SandboxJob } from './sandbox.ts'
import type { Rights } from './steps.ts'

export interface Probing {
  readonly rights: Rights
  readonly folder: string
  /** A small EROFS image. */
  readonly image: string
  /** The only form to try. */
  readonly layers: LayerForm | undefined
}

const forms: readonly LayerForm[] = ['image', 'image through loop', 'folder']

/** The best form that works; a user namespace mounts no images, so there is nothing to try. */
export async function probe({ rights, folder, image, layers }: Probing, run: (job: SandboxJob, form: LayerForm) => Promise<Ended>): Promise<Ability> {
  if (platform() !== 'linux') return unable(`it needs Linux, and this is ${platform()}`)
  if (cpuOf(arch()) === undefined) return unable(`it is not made for the CPU ${arch()}`)
  if (thisUser().uid !== 0) return unable('it needs root, of the machine or of a user namespace: unshare --user --map-root-user --map-auto slipway ...')
  const lower = join(folder, 'probe-lower')
  mkdirSync(lower, { recursive: true })
  const because: string[] = []
  for (const form of layers === undefined ? (rights.machineRoot ? forms : (['folder'] as const)) : [layers]) {
    const lowers: readonly Lower[] = form === 'folder' ? [{ kind: 'folder', folder: lower }] : [{ kind: 'image', file: image }]
    const process = { args: ['/none'], env: [], cwd: '/', uid: 0, gid: 0, groups: [], network: 'host' } as const
    const ended = await run({ process, lowers, folder, mounts: [] }, form)
    if (ended.kind === 'exited' || ended.what.startsWith('execute ')) return { kind: 'able', rung: rungOf(form, rights), layers: form, because }
    const reason = `cannot ${ended.what}: ${ended.error}`
    // Where mounting an image is not what failed, unpacking helps nothing.
    if (layers !== undefined || form === 'folder' || !aboutImages.test(ended.what)) return unable(reason, ...advice(ended))
    because.push(form === 'image' ? reason : `through a loop device ${reason}`)
  }
  return unable(...because)
}

const aboutImages = new RegExp(`^(?:${mountImage}|${attachLoop}|.*loop.*|mount the overlay)$`)

function rungOf(form: LayerForm, { machineRoot, manyIds, outerRoot }: Rights): number {
  if (form !== 'folder') return 1
  if (machineRoot) return 2
  return manyIds ? (outerRoot === true ? 5 : 3) : 4
}

function unable(...reasons: readonly string[]): Ability {
  return { kind: 'unable', reasons }
}

function advice(ended: Extract<Ended, { kind: 'unable' }>): readonly string[] {
  if (ended.what !== 'mount the overlay') return []
  return ['the folder for builds must lie on a file system that can be the upper side of an overlay: not on an overlay itself']
}
