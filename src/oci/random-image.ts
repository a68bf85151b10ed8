/** Images made from a seed: fixtures without binary files. The same seed gives the same digest. */
import { gzipSync } from 'node:zlib'
import { writeTar } from '../tar/write-tar.ts'
import { assembleImage } from './assemble.ts'
import { digestOf } from './digest.ts'
import { collect } from './join.ts'
import { type ImageFormat, layerTypes } from './media-types.ts'
import { layerFromBytes } from './partial-layer.ts'
import type { Platform } from './platform.ts'
import type { Image, Layer } from './views.ts'

export interface RandomImageOptions {
  readonly seed?: number
  readonly layers?: number
  /** Of each layer's one file. */
  readonly bytes?: number
  readonly format?: ImageFormat
  readonly platform?: Platform
}

export async function randomImage(o: RandomImageOptions = {}): Promise<Image> {
  const { seed = 1, layers: count = 2, bytes = 1024, format = 'oci', platform = { os: 'linux', architecture: 'amd64' } } = o
  const layers: Layer[] = []
  for (let i = 0; i < count; i++) layers.push(await randomLayer({ seed: seed * 1000 + i, bytes, format }))
  const created = '2024-01-02T03:04:05Z'
  return assembleImage({
    format,
    layers,
    config: {
      created,
      architecture: platform.architecture,
      ...(platform.variant !== undefined && { variant: platform.variant }),
      os: platform.os,
      config: { Env: ['PATH=/bin'], Cmd: ['/bin/sh'], Labels: { seed: String(seed) } },
      rootfs: { type: 'layers', diff_ids: await Promise.all(layers.map((layer) => layer.diffId())) },
      history: layers.map((_, i) => ({ created, created_by: `random layer ${i + 1}` })),
    },
  })
}

export async function randomLayer(o: { readonly seed: number; readonly bytes: number; readonly format?: ImageFormat }): Promise<Layer> {
  const common = { uid: 0, gid: 0, mtimeNs: 0n }
  const items = [
    { entry: { kind: 'dir', path: 'random', mode: 0o755, ...common } as const },
    { entry: { kind: 'file', path: `random/file-${o.seed}`, mode: 0o644, size: o.bytes, ...common } as const, body: noise(o.seed, o.bytes) },
  ]
  const tar = await collect(writeTar(items, { signal: new AbortController().signal }), Number.MAX_SAFE_INTEGER)
  const plain = tar ?? Buffer.alloc(0)
  return layerFromBytes(gzipSync(plain, { level: 1 }), { mediaType: layerTypes[o.format ?? 'oci'].gzip, diffId: digestOf(plain) })
}

/** xorshift32: half of the bytes repeat, so that compression has something to do. */
function noise(seed: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  let state = (seed * 2654435761) >>> 0 || 1
  for (let i = 0; i < size; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[i] = (state & 0x100) === 0 ? 0x61 : state & 0xff
  }
  return bytes
}
