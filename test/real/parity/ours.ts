/** A case built by the embedded builder, on one rung of the sandbox. */
import { join } from 'node:path'
import { isProblem, type Problem } from '../../../src/base/problem.ts'
import { build } from '../../../src/builder/build.ts'
import type { Sandbox } from '../../../src/builder/exec/sandbox.ts'
import { directoryStore } from '../../../src/builder/store/directory.ts'
import type { Image } from '../../../src/oci/views.ts'
import type { Bases } from './bases.ts'
import type { CaseFolder } from './case-folder.ts'

export type Ours = { readonly kind: 'image'; readonly image: Image } | { readonly kind: 'refused'; readonly problem: Problem }

export interface Rung {
  readonly name: string
  readonly sandbox: Sandbox
  /** Its own store, so that no rung finds what another has made. */
  readonly storeDir: string
}

const signal = new AbortController().signal

export async function buildOurs({ test, folder, context, dockerignore }: CaseFolder, rung: Rung, bases: Bases): Promise<Ours> {
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
        created: Date.now(),
        reproducible: false,
        noCache: true,
        secrets,
        ...(test.target !== undefined && { target: test.target }),
        ...(test.ssh && { ssh: new Map([['default', { kind: 'agent', socket: join(folder, 'agent') } as const]]) }),
        ...(test.network !== undefined && { network: test.network }),
        addHosts: Object.entries(test.addHosts ?? {}).map(([name, address]) => ({ name, address })),
      },
      { store: directoryStore(rung.storeDir), baseImage: bases.open, signal, sandbox: rung.sandbox },
    )
    if (image.kind !== 'image') throw new Error('an index, where one image was asked for')
    return { kind: 'image', image }
  } catch (error) {
    if (isProblem(error)) return { kind: 'refused', problem: error }
    throw error
  }
}
