/** Every media type we read or write, and what each stands for. */
export const mediaTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  ociForeign: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
  ociForeignGzip: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  ociForeignZstd: 'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerLayerZstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
  dockerForeignGzip: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
} as const

/** The two dialects of the image format. They differ in media types only. */
export type ImageFormat = 'oci' | 'docker'
export type Compression = 'none' | 'gzip' | 'zstd'

export const manifestTypes: Readonly<Record<ImageFormat, string>> = { oci: mediaTypes.ociManifest, docker: mediaTypes.dockerManifest }
export const indexTypes: Readonly<Record<ImageFormat, string>> = { oci: mediaTypes.ociIndex, docker: mediaTypes.dockerIndex }
export const configTypes: Readonly<Record<ImageFormat, string>> = { oci: mediaTypes.ociConfig, docker: mediaTypes.dockerConfig }
export const layerTypes: Readonly<Record<ImageFormat, Readonly<Record<Compression, string>>>> = {
  oci: { none: mediaTypes.ociLayer, gzip: mediaTypes.ociLayerGzip, zstd: mediaTypes.ociLayerZstd },
  docker: { none: mediaTypes.dockerLayer, gzip: mediaTypes.dockerLayerGzip, zstd: mediaTypes.dockerLayerZstd },
}

/** What a client that can read everything asks for. */
export const acceptedManifests: readonly string[] = [mediaTypes.ociManifest, mediaTypes.ociIndex, mediaTypes.dockerManifest, mediaTypes.dockerIndex]

export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerIndex
}

export function isManifestType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociManifest || mediaType === mediaTypes.dockerManifest
}

const foreign: ReadonlySet<string> = new Set([mediaTypes.ociForeign, mediaTypes.ociForeignGzip, mediaTypes.ociForeignZstd, mediaTypes.dockerForeignGzip])

/** Layers that stay at their own URLs: registries do not hold them. */
export function isForeignLayerType(mediaType: string): boolean {
  return foreign.has(mediaType)
}

export function formatOf(mediaType: string): ImageFormat {
  return mediaType.startsWith('application/vnd.docker.') ? 'docker' : 'oci'
}

/** The compression a layer type announces; the bytes may say otherwise, see `decompressed`. */
export function compressionOf(mediaType: string): Compression {
  if (/[.+]gzip$/.test(mediaType)) return 'gzip'
  return /[.+]zstd$/.test(mediaType) ? 'zstd' : 'none'
}

/** The same layer type in another dialect; unknown types (artifacts) stay as they are. */
export function layerTypeIn(format: ImageFormat, mediaType: string): string {
  for (const from of ['oci', 'docker'] as const) {
    for (const compression of ['none', 'gzip', 'zstd'] as const) {
      if (layerTypes[from][compression] === mediaType) return layerTypes[format][compression]
    }
  }
  return mediaType
}
