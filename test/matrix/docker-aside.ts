/** The Docker Engine beside a case: one that pretends, or a real one. */

import { dockerEngine } from '../../src/docker-api/engine.ts'
import { fakeEngine } from '../../src/docker-api/fake-engine.testing.ts'
import { archiveStream } from '../../src/media/write-archive.ts'
import { parseRef } from '../../src/oci/ref.ts'
import type { Image } from '../../src/oci/views.ts'

export interface DockerAside {
  readonly host: string
  give(image: Image, name: string): Promise<void>
  holds(name: string): Promise<boolean>
}

const { signal } = new AbortController()

export async function pretendedDocker(): Promise<DockerAside> {
  const engine = await fakeEngine()
  return {
    host: engine.host,
    give: async (image, name) => void engine.images.set(name, Buffer.concat(await (await archive(image, name)).toArray())),
    // It gives whatever it is handed the same name.
    holds: async () => engine.images.has('acme/app:1'),
  }
}

/** `unix://PATH`. */
export function realDocker(host: string): DockerAside {
  const engine = dockerEngine(host)
  return {
    host,
    give: async (image, name) => void (await engine.load(await archive(image, name), { signal })),
    holds: async (name) => (await engine.inspect(name, { signal })) !== undefined,
  }
}

function archive(image: Image, name: string) {
  const ref = parseRef(name)
  return archiveStream([{ view: image, refs: ref.ok ? [ref.value] : [] }], { signal })
}
