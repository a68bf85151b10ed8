/** The image of the container that holds a stage together: one program that does nothing. It is made here, so no registry is asked. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Cpu } from '../../../builder/exec/machine/system-calls.ts'
import type { Labels } from '../../../docker-api/labels.ts'
import { type TarItem, writeTar } from '../../../tar/write-tar.ts'
import { waitForEver } from './programs.ts'

export const keeperProgram = '/slipway-wait'

interface Waiting {
  readonly signal: AbortSignal
}

/** As docker load takes it. */
export async function keeperImage(name: string, o: { readonly cpu: Cpu; readonly labels: Labels }, w: Waiting): Promise<Readable> {
  const layer = Buffer.concat(await writeTar([fileItem(keeperProgram.slice(1), waitForEver(o.cpu), 0o755)], w).toArray())
  const config = {
    architecture: o.cpu === 'x64' ? 'amd64' : 'arm64',
    os: 'linux',
    config: { Labels: o.labels },
    rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(layer).digest('hex')}`] },
  }
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }]
  const document = (path: string, value: unknown): TarItem => fileItem(path, Buffer.from(JSON.stringify(value)), 0o644)
  return writeTar([fileItem('layer.tar', layer, 0o644), document('config.json', config), document('manifest.json', manifest)], w)
}

export function fileItem(path: string, body: Uint8Array, mode: number): TarItem {
  return { entry: { kind: 'file', path, mode, size: body.length, uid: 0, gid: 0, mtimeNs: 0n }, body }
}

export function folderItem(path: string, mode: number, owner: { readonly uid: number; readonly gid: number } = { uid: 0, gid: 0 }): TarItem {
  return { entry: { kind: 'dir', path, mode, ...owner, mtimeNs: 0n } }
}
