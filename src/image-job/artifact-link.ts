/** Where people look at a pushed image: a page of its registry, as far as one can be known from the name. */
import { parseRef } from '../oci/ref.ts'
import { dockerHub } from '../oci/registry-host.ts'

/** Undefined for what is no reference. Registries without pages of a known form are linked by their address. */
export function artifactLink(image: string): string | undefined {
  const parsed = parseRef(image)
  if (!parsed.ok) return undefined
  const { registry, repository, tag } = parsed.value
  const ecr = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/.exec(registry)
  if (ecr !== null) return `https://${ecr[2]}.console.aws.amazon.com/ecr/repositories/private/${ecr[1]}/${repository}?region=${ecr[2]}`
  if (registry === dockerHub) {
    const page = repository.startsWith('library/') ? `_/${repository.slice('library/'.length)}` : `r/${repository}`
    return `https://hub.docker.com/${page}/tags${tag === undefined ? '' : `?name=${tag}`}`
  }
  // Their addresses answer browsers with the page of the image.
  const followsNames = registry === 'ghcr.io' || registry === 'gcr.io' || registry.endsWith('.gcr.io') || registry.endsWith('.pkg.dev')
  return followsNames ? `https://${registry}/${repository}${tag === undefined || registry === 'ghcr.io' ? '' : `:${tag}`}` : `https://${registry}`
}
