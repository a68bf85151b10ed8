/** An image of files written inline, each layer in the form that is asked for: plain, gzip or zstd. */
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { assembleImage } from '../../src/oci/assemble.ts'
import { digestOf } from '../../src/oci/digest.ts'
import { type Compression, type ImageFormat, layerTypes } from '../../src/oci/media-types.ts'
import { layerFromBytes } from '../../src/oci/partial-layer.ts'
import type { Image, Layer } from '../../src/oci/views.ts'
import { type TarItem, writeTar } from '../../src/tar/write-tar.ts'

export interface MadeLayer {
  readonly files: Readonly<Record<string, string>>
  readonly compression?: Compression
}

const compress: Readonly<Record<Compression, (tar: Buffer) => Buffer>> = {
  none: (tar) => tar,
  gzip: (tar) => gzipSync(tar),
  zstd: (tar) => zstdCompressSync(tar),
}
const common = { uid: 0, gid: 0, mtimeNs: 0n }

export async function madeImage(layers: readonly MadeLayer[], o: { readonly format?: ImageFormat } = {}): Promise<Image> {
  const format = o.format ?? 'oci'
  const made = await Promise.all(layers.map((layer) => madeLayer(layer, format)))
  const config = {
    created: '2024-01-02T03:04:05Z',
    architecture: 'amd64',
    os: 'linux',
    config: { Cmd: ['/bin/sh'] },
    rootfs: { type: 'layers' as const, diff_ids: await Promise.all(made.map((layer) => layer.diffId())) },
  }
  return assembleImage({ format, config, layers: made })
}

async function madeLayer({ files, compression = 'gzip' }: MadeLayer, format: ImageFormat): Promise<Layer> {
  const folders = new Set(Object.keys(files).flatMap((path) => path.split('/').flatMap((_, i, parts) => (i === 0 ? [] : [parts.slice(0, i).join('/')]))))
  const items: readonly TarItem[] = [
    ...[...folders].sort().map((path): TarItem => ({ entry: { kind: 'dir', path, mode: 0o755, ...common } })),
    ...Object.entries(files).map(([path, text]): TarItem => {
      const body = Buffer.from(text)
      return { entry: { kind: 'file', path, mode: 0o644, size: body.length, ...common }, body }
    }),
  ]
  const tar = Buffer.concat(await writeTar(items, { signal: new AbortController().signal }).toArray())
  return layerFromBytes(compress[compression](tar), { mediaType: layerTypes[format][compression], diffId: digestOf(tar) })
}
