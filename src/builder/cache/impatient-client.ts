/**
 * A registry client for caches: a registry that cannot be reached is tried twice, and then left alone for the rest of the build. One that has answered
 * before is there, and has as many tries as any other.
 */
import { isProblem, Problem } from '../../base/problem.ts'
import type { RegistryClient, Repository } from '../../registry/client.ts'

/** Registries that did not answer, by name, with what was wrong. Shared by the clients of one build. */
export type Gone = Map<string, Problem>

const tries = 2

export function impatient(client: RegistryClient, gone: Gone): RegistryClient {
  const failed = new Map<string, number>()
  const answered = new Set<string>()
  return {
    ...client,
    repository: (ref, actions, o) => {
      const repository = client.repository(ref, actions, o)
      const ask: Repository['ask'] = async (request, w) => {
        const known = gone.get(ref.registry)
        if (known !== undefined) throw known
        try {
          const answer = await repository.ask(request, w)
          answered.add(ref.registry)
          return answer
        } catch (error) {
          if (!isProblem(error, 'REGISTRY_UNREACHABLE') || answered.has(ref.registry)) throw error
          const count = (failed.get(ref.registry) ?? 0) + 1
          failed.set(ref.registry, count)
          if (count < tries && error.retryable) throw error
          const last = new Problem(error.diagnostic, { cause: error })
          gone.set(ref.registry, last)
          throw last
        }
      }
      return { ...repository, ask, insist: (request, w) => repository.retry(() => ask(request, w), w) }
    },
  }
}
