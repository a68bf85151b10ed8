/** A builder that only pretends: equal requests give equal digests, as far as what was asked for can be seen without looking at files. */
import { assembleImage } from '../../oci/assemble.ts'
import { digestOf } from '../../oci/digest.ts'
import { showPlatform } from '../../oci/platform.ts'
import { randomLayer } from '../../oci/random-image.ts'
import type { Image, Layer } from '../../oci/views.ts'
import type { Builder, BuildRequest, Built } from '../../ports/builder.ts'
import { severalPlatforms } from './several-platforms.ts'

const layerBytes = 512

export function fakeBuilder(name: string): Builder {
  return severalPlatforms({
    name,
    check: async () => [],
    async build(request, { signal, emit, onLayer }) {
      signal.throwIfAborted()
      const titles = [`[1/2] FROM ${request.dockerfile.name}`, '[2/2] fake']
      const layers: Layer[] = []
      for (const [at, title] of titles.entries()) {
        emit({ kind: 'step', step: at + 1, title })
        const layer = await randomLayer({ seed: seedOf(request, at), bytes: layerBytes })
        layers.push(layer)
        onLayer?.(layer, { made: true })
        emit({ kind: 'end', step: at + 1, state: 'done' })
        signal.throwIfAborted()
      }
      const image = await fakeImage(layers, request)
      return { image, layers: layers.length, cachedLayers: 0 } satisfies Built
    },
  })
}

/** Secrets, the time and the folder on this machine make no other image. */
function seedOf({ dockerfile, target, args, platform }: BuildRequest, at: number): number {
  const asked = JSON.stringify([dockerfile, target, [...args].sort(), showPlatform(platform), at])
  return Number.parseInt(digestOf(asked).slice('sha256:'.length, 'sha256:'.length + 8), 16)
}

async function fakeImage(layers: readonly Layer[], { labels, platform }: BuildRequest): Promise<Image> {
  const created = '2024-01-02T03:04:05Z'
  return assembleImage({
    format: 'oci',
    layers,
    config: {
      created,
      architecture: platform.architecture,
      ...(platform.variant !== undefined && { variant: platform.variant }),
      os: platform.os,
      config: { Cmd: ['/bin/sh'], Labels: Object.fromEntries([...labels].filter(([name]) => !name.endsWith('.created'))) },
      rootfs: { type: 'layers', diff_ids: await Promise.all(layers.map((layer) => layer.diffId())) },
      history: layers.map(() => ({ created, created_by: 'infrastructure fake' })),
    },
  })
}
