/** Asks a registry for its version page: is it there, and does it take the credentials. */
import type { RegistryClient } from '../../registry/client.ts'

/** The answer in words. Throws REGISTRY_UNREACHABLE, REGISTRY_UNAUTHORIZED and their kin. */
export async function pingRegistry(client: RegistryClient, registry: string, o: { readonly signal: AbortSignal }): Promise<string> {
  const repository = client.repository({ registry, repository: '' }, [])
  const answer = await repository.ask({ method: 'GET', at: '', accept: [200], what: `the version page of ${registry}` }, o)
  answer.body.resume()
  return `${registry} answers at ${answer.url.origin}`
}
