/** A case built by the embedded builder, by this process. */
import { join } from 'node:path'
import { isProblem, type Problem } from '../../../src/base/problem.ts'
import { build } from '../../../src/builder/build.ts'
import type { OpenBase } from '../../../src/builder/build-world.ts'
import type { Sandbox } from '../../../src/builder/exec/sandbox.ts'
import { directoryStore } from '../../../src/builder/store/directory.ts'
import type { Image } from '../../../src/oci/views.ts'
import type { CaseFolder } from './case-folder.ts'

export type Ours = { readonly kind: 'image'; readonly image: Image } | { readonly kind: 'refused'; readonly problem: Problem }

/** Plain data. */
export interface Given extends Omit<CaseFolder, 'close'> {
  /** Without it: times are those of the build. */
  readonly reproducible?: boolean
}

interface Place {
  readonly sandbox: Sandbox
  /** Its own store, so that no rung finds what another has made. */
  readonly storeDir: string
  readonly open: OpenBase
}

const signal = new AbortController().signal

export async function buildHere({ test, folder, context, dockerignore, reproducible = false }: Given, place: Place): Promise<Ours> {
  const secrets = new Map(Object.entries(test.secrets ?? {}).map(([id, text]) => [id, Buffer.from(text)]))
  try {
    const { image } = await build(
      {
        contextDir: context,
        dockerfile: { name: 'Dockerfile', text: test.dockerfile },
        ...(dockerignore !== undefined && { dockerignore: { name: '.dockerignore', text: dockerignore } }),
        args: new Map(Object.entries(test.args ?? {})),
        labels: new Map(Object.entries(test.labels ?? {})),
        platform: { os: 'linux', architecture: 'amd64' },
        created: reproducible ? 1_600_000_000_000 : Date.now(),
        reproducible,
        noCache: true,
        secrets,
        ...(test.target !== undefined && { target: test.target }),
        ...(test.ssh && { ssh: new Map([['default', { kind: 'agent', socket: join(folder, 'agent') } as const]]) }),
        ...(test.network !== undefined && { network: test.network }),
        addHosts: Object.entries(test.addHosts ?? {}).map(([name, address]) => ({ name, address })),
      },
      { store: directoryStore(place.storeDir), baseImage: place.open, signal, sandbox: place.sandbox },
    )
    if (image.kind !== 'image') throw new Error('an index, where one image was asked for')
    return { kind: 'image', image }
  } catch (error) {
    if (isProblem(error)) return { kind: 'refused', problem: error }
    throw error
  }
}
