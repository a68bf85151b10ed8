/** Files that a step has where its image expects them. They are in the folder that only its container sees, and links lead there. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessSpec } from '../../../ports/infrastructure.ts'
import { inside } from './manifest/pod.ts'

/** `folder`: here, sent to the container with what else the step is told. */
export function layFiles({ finds = new Map(), leaves = {} }: ProcessSpec, folder: string): void {
  const links: string[] = []
  for (const [i, [path, text]] of [...finds].entries()) {
    writeFileSync(join(folder, `found.${i}`), text, { mode: 0o644 })
    links.push(path, `${inside}/found.${i}`)
  }
  for (const [name, path] of Object.entries(leaves)) links.push(path, `${inside}/out.${name}`)
  // As `launcher.c` reads it.
  if (links.length > 0) writeFileSync(join(folder, 'links'), links.map((text) => `${text}\0`).join(''), { mode: 0o644 })
}
