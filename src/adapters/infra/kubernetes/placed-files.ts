/** Files that a step has where its image expects them. They are in the folder that only its container sees, and links lead there. */
import type { ProcessSpec } from '../../../ports/infrastructure.ts'
import type { TarItem } from '../../../tar/write-tar.ts'
import { fileItem } from '../docker/keeper-image.ts'
import { inside } from './manifest/pod.ts'

/** Sent with what else the step is told, and never on a disk here. */
export function placedFiles({ finds = new Map(), leaves = {} }: ProcessSpec): readonly TarItem[] {
  const items: TarItem[] = []
  const links: string[] = []
  for (const [i, [path, text]] of [...finds].entries()) {
    items.push(fileItem(`found.${i}`, Buffer.from(text), 0o644))
    links.push(path, `${inside}/found.${i}`)
  }
  for (const [name, path] of Object.entries(leaves)) links.push(path, `${inside}/out.${name}`)
  // As `launcher.c` reads it.
  return links.length === 0 ? [] : [...items, fileItem('links', Buffer.from(links.map((text) => `${text}\0`).join('')), 0o644)]
}
