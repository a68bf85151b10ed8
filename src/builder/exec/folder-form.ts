/** What the owners and attributes of a layer's folder mean: only sandboxes of one form understand each other's folders. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

interface FormFacts {
  readonly overlayAttributes: string
  readonly keepsOwners: boolean
  /** As /proc/self/uid_map and gid_map have them. */
  readonly maps: readonly string[]
}

/** Empty for root of the machine. Others see its folders too, but there root is somebody else, and white-outs are called otherwise. */
export function folderForm({ overlayAttributes, keepsOwners, maps }: FormFacts): string {
  const plain = maps.map((map) => map.trim().split(/\s+/).join(' '))
  if (overlayAttributes === 'trusted.overlay.' && !keepsOwners && plain.every((map) => map === '0 0 4294967295')) return ''
  return createHash('sha256')
    .update(JSON.stringify([overlayAttributes, keepsOwners, plain]))
    .digest('hex')
    .slice(0, 12)
}

export function mapsHere(): readonly string[] {
  return ['uid_map', 'gid_map'].map((name) => {
    try {
      return readFileSync(`/proc/self/${name}`, 'latin1')
    } catch {
      // No Linux: there are no folders of layers either.
      return ''
    }
  })
}
