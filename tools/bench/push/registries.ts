/** Fresh registries for one measurement: Debian's docker-registry, each a process with an empty folder on a port never used before. */
import { type DockerRegistry, startDockerRegistry } from '../../../test/real/support/docker-registry.ts'

export async function withRegistries<T>(program: string, count: number, use: (registries: readonly DockerRegistry[]) => Promise<T>): Promise<T> {
  const registries: DockerRegistry[] = []
  try {
    for (let i = 0; i < count; i++) registries.push(await startDockerRegistry(program))
    return await use(registries)
  } finally {
    await Promise.all(registries.map((registry) => registry.stop()))
  }
}

/** What a client that pulls would get, in bytes: the layers that the manifest lists. */
export async function layerBytes(host: string, repository: string, tag: string): Promise<number> {
  const accept = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json'
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, { headers: { accept } })
  const manifest = (await answer.json()) as { readonly layers: readonly { readonly size: number }[] }
  return manifest.layers.reduce((sum, layer) => sum + layer.size, 0)
}
