/** The cache of a user whose RUNs had many ids: folders in it belong to those, and only a namespace with the same ids may enter them. */
import type { BuildCache } from '../../../ports/build-cache.ts'
import { type Asked, askWorker } from './ask-worker.ts'
import type { WorkerFacts } from './messages.ts'

export function rootlessCache(o: Pick<Asked, 'start'> & { readonly facts: WorkerFacts }): BuildCache {
  return {
    async items(w) {
      const answer = await askWorker({ kind: 'usage', facts: o.facts }, { ...o, ...w })
      return answer.kind === 'used' ? answer.items : []
    },
    async prune(limits, { nowMs, dryRun = false, signal }) {
      const answer = await askWorker({ kind: 'prune', facts: o.facts, limits, nowMs, dryRun }, { ...o, signal })
      if (answer.kind !== 'pruned') throw new Error(`a collection was answered by "${answer.kind}"`)
      return answer.pruned
    },
  }
}
