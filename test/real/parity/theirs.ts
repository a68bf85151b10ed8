/** A case built by BuildKit, through buildx, and read back from the OCI archive that it writes. */
import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { chooseImage } from '../../../src/media/archive.ts'
import { contentStore } from '../../../src/media/content-store.ts'
import { openArchive } from '../../../src/media/open-archive.ts'
import type { Image } from '../../../src/oci/views.ts'
import { type ChrootedDocker, sharedInside } from '../support/chrooted-docker.ts'
import type { CaseFolder } from './case-folder.ts'

export type Theirs = { readonly kind: 'image'; readonly image: Image; close(): Promise<void> } | { readonly kind: 'refused'; readonly text: string }

export async function buildTheirs({ test, folder, context }: CaseFolder, docker: ChrootedDocker): Promise<Theirs> {
  const inside = `${sharedInside}/${basename(folder)}`
  const given = [
    ...Object.entries(test.args ?? {}).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...Object.entries(test.labels ?? {}).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...Object.keys(test.secrets ?? {}).flatMap((id) => ['--secret', `id=${id},src=${inside}/secret-${id}`]),
    ...Object.entries(test.addHosts ?? {}).flatMap(([name, address]) => ['--add-host', `${name}=${address}`]),
    ...(test.target === undefined ? [] : ['--target', test.target]),
    ...(test.ssh ? ['--ssh', `default=${inside}/agent`] : []),
  ]
  const usual = ['--network', test.network ?? 'host', '--provenance=false', '--sbom=false', '--progress=plain', '--no-cache']
  const output = ['--output', `type=oci,dest=${inside}/theirs.tar`, '--file', `${inside}/Dockerfile`]
  const { code, err } = await docker.run('docker', ['buildx', 'build', ...usual, ...output, ...given, `${inside}/${basename(context)}`])
  if (code !== 0) return { kind: 'refused', text: err }
  const file = join(folder, 'theirs.tar')
  const signal = new AbortController().signal
  const archive = await openArchive(file, { signal, spool: contentStore(join(folder, 'spool'), { durability: 'fast' }) })
  const { view } = chooseImage(archive)
  if (view.kind !== 'image') throw new Error('an index, where one image was asked for')
  const close = async (): Promise<void> => {
    await archive.close()
    rmSync(file)
  }
  return { kind: 'image', image: view, close }
}
