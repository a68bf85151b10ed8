/** Pulling through mirrors: each is tried in turn, the registry itself last; one that cannot be reached is left alone for a while. */
import type { Clock } from '../base/clock.ts'
import { isProblem } from '../base/problem.ts'
import { discard } from './discard.ts'
import type { Endpoint } from './endpoint.ts'
import type { Answer, Ask } from './transport.ts'

export interface Mirrors {
  /** The first endpoint that has what is asked for answers; what the last one says, counts. */
  ask(request: Omit<Ask, 'access'>, endpoints: readonly Endpoint[], send: (endpoint: Endpoint) => Promise<Answer>): Promise<Answer>
}

const restMs = 60_000
const content = /\/(?:manifests|blobs)\/[^/]+$/

export function mirrors(o: { readonly clock: Clock; readonly say?: (line: string) => void }): Mirrors {
  const resting = new Map<string, number>()
  return {
    async ask(request, endpoints, send) {
      const last = endpoints.at(-1)
      if (last === undefined) throw new Error('a registry has at least one endpoint')
      // Lists are not mirrored: a mirror knows only what was asked of it before.
      const reads = (request.method === 'GET' || request.method === 'HEAD') && typeof request.at === 'string' && content.test(request.at)
      for (const endpoint of reads ? endpoints.slice(0, -1) : []) {
        if ((resting.get(endpoint.origin) ?? 0) > o.clock.now()) continue
        try {
          const answer = await send(endpoint)
          if (answer.status !== 404) return answer
          await discard(answer.body)
        } catch (error) {
          if (!isProblem(error) || !error.code.startsWith('REGISTRY_')) throw error
          o.say?.(`${request.what}: the mirror ${endpoint.registry} is passed over: ${error.message}`)
          if (!passing.has(error.code)) resting.set(endpoint.origin, o.clock.now() + restMs)
        }
      }
      return send(last)
    },
  }
}

/** Says nothing about other requests. */
const passing: ReadonlySet<string> = new Set(['REGISTRY_NOT_FOUND', 'REGISTRY_DENIED', 'REGISTRY_UNAUTHORIZED', 'REGISTRY_TOKEN_REFUSED'])
