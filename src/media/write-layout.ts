/** Writes an OCI layout folder; images already in it stay, names move. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Descriptor } from '../oci/descriptor.ts'
import { showRef, withDefaultTag } from '../oci/ref.ts'
import { parseIndex } from '../oci/schema.ts'
import type { Waiting } from '../oci/views.ts'
import { type AtomicOptions, writeFileAtomically } from './atomic-file.ts'
import { contentStore } from './content-store.ts'
import { ifPresent } from './file-errors.ts'
import { fullNameKey, indexFile, layoutBytes, layoutFile, refNameKey } from './layout-images.ts'
import { saveImage } from './stored-image.ts'
import { whileLocked } from './while-locked.ts'
import type { ImageToPack } from './write-archive.ts'

const lockFile = '.slipway-lock'

/** Blobs first, index.json last: a reader sees the old layout or the new one. Writers of one folder take turns with its index, whatever process they are. */
export async function writeLayout(path: string, images: readonly ImageToPack[], o: Waiting & AtomicOptions): Promise<void> {
  const store = contentStore(path, o)
  const added: Descriptor[] = []
  for (const { view, refs } of images) {
    const descriptor = await saveImage(store, view, o)
    if (refs.length === 0) added.push(descriptor)
    for (const ref of refs.map(withDefaultTag))
      added.push({ ...descriptor, annotations: { [fullNameKey]: showRef(ref), [refNameKey]: ref.tag ?? showRef(ref) } })
  }
  await whileLocked(join(path, lockFile), () => addLines(path, added, o), o)
}

async function addLines(path: string, added: readonly Descriptor[], o: AtomicOptions): Promise<void> {
  const before = await ifPresent(readFile(join(path, indexFile)))
  const kept = before === undefined ? [] : parseIndex(before, path).manifests.filter((old) => !added.some((line) => replaces(line, old)))
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [...kept, ...added] }
  await writeFileAtomically(join(path, layoutFile), layoutBytes, o)
  await writeFileAtomically(join(path, indexFile), JSON.stringify(index), o)
}

function replaces(line: Descriptor, old: Descriptor): boolean {
  const [name, oldName] = [line.annotations?.[fullNameKey], old.annotations?.[fullNameKey]]
  return name === undefined ? oldName === undefined && line.digest === old.digest : name === oldName
}
