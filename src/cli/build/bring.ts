/** Brings what was built to every place that was asked for. */

import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problem } from '../../base/problem.ts'
import { rootFiles, writeRootFiles } from '../../builder/export/root-files.ts'
import { buildStore } from '../../builder/store/directory.ts'
import { writeAtomically } from '../../media/atomic-file.ts'
import { fileSink } from '../../media/file-sink.ts'
import { saveImage } from '../../media/stored-image.ts'
import { archiveStream, writeArchive } from '../../media/write-archive.ts'
import { writeLayout } from '../../media/write-layout.ts'
import { type ImageRef, showRef } from '../../oci/ref.ts'
import type { Image, Index } from '../../oci/views.ts'
import type { RegistryClient } from '../../registry/client.ts'
import { deliver } from '../../registry/deliver.ts'
import type { SentAhead } from '../../registry/head-start.ts'
import { printDiagnostics } from '../failures.ts'
import { loadIntoDaemon } from '../images/docker-daemon.ts'
import { localImages } from '../images/local-images.ts'
import { referenceOf } from '../images/reference-of.ts'
import type { World } from '../world.ts'
import type { BuildOutput } from './outputs.ts'

/** The references to which layers may go while later ones are still being built. */
export function pushedTo(outputs: readonly BuildOutput[], tags: readonly ImageRef[]): readonly ImageRef[] {
  return outputs.flatMap((output) => (output.kind !== 'registry' ? [] : 'names' in output && output.names.length > 0 ? output.names.map(referenceOf) : tags))
}

export interface Bringing {
  readonly view: Image | Index
  /** The tags; an output with names of its own has those. */
  readonly refs: readonly ImageRef[]
  readonly client: RegistryClient
  readonly ahead?: SentAhead
}

/** True when a registry refused something; everything else throws. */
export async function bring(outputs: readonly BuildOutput[], b: Bringing, world: World): Promise<boolean> {
  let failed = false
  for (const output of outputs) failed = (await bringOne(output, b, world)) || failed
  return failed
}

async function bringOne(output: BuildOutput, { view, refs: tags, client, ahead }: Bringing, world: World): Promise<boolean> {
  const { signal, home, cwd } = world
  const names = 'names' in output ? output.names.map(referenceOf) : []
  const refs = names.length > 0 ? names : tags
  switch (output.kind) {
    case 'archive':
      if (output.path === '-') await toStdout(await archiveStream([{ view, refs }], { signal }), world)
      else await writeArchive(resolve(cwd, output.path), [{ view, refs }], { signal })
      return false
    case 'layout':
      await writeLayout(resolve(cwd, output.path), [{ view, refs }], { signal })
      return false
    case 'files':
      await bringFiles(output, view, world)
      return false
    case 'store': {
      const images = localImages(home)
      const descriptor = await saveImage(images.blobs, view, { signal })
      for (const ref of refs) await images.names.set(showRef(ref), descriptor)
      return false
    }
    case 'daemon':
      for (const ref of refs) await loadIntoDaemon(view, showRef(ref), world)
      return false
    case 'registry':
      return push(view, refs, { client, ...(ahead !== undefined && { ahead }) }, world)
  }
}

async function push(view: Image | Index, refs: readonly ImageRef[], o: Pick<Bringing, 'client' | 'ahead'>, world: World): Promise<boolean> {
  let failed = false
  for (const result of await deliver(view, refs, { ...o, signal: world.signal })) {
    if (result.kind !== 'failed') continue
    failed = true
    await printDiagnostics([result.problem.diagnostic], [], world)
  }
  return failed
}

async function bringFiles(output: Extract<BuildOutput, { kind: 'files' }>, view: Image | Index, world: World): Promise<void> {
  if (view.kind === 'index')
    throw problem('BUILD_FLAG_INVALID', {
      flag: '--output',
      text: output.path,
      reason: 'files of several platforms cannot go to one place; build one platform at a time',
    })
  const { signal, home, cwd } = world
  const store = buildStore(localImages(home).blobs, join(home, 'build'))
  const files = await rootFiles(view, { store, signal })
  try {
    if (output.form === 'folder') await writeRootFiles(files, resolve(cwd, output.path), { signal })
    else if (output.path === '-') await toStdout(files.tar(), world)
    else await writeAtomically(resolve(cwd, output.path), (file) => pipeline(files.tar(), fileSink(file), { signal }), {})
  } finally {
    await files.close()
  }
}

async function toStdout(bytes: Readable, { stdout }: World): Promise<void> {
  for await (const chunk of bytes) await stdout.write(chunk as Uint8Array)
}
