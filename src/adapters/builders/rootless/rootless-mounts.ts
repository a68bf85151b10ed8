/** The cache mounts of a user whose RUNs are root of a namespace: only there it is known whom files in them belong to. */
import type { CacheMounts } from '../../../ports/cache-mounts.ts'
import { type Asked, askWorker } from './ask-worker.ts'
import type { WorkerFacts } from './messages.ts'

export function rootlessMounts(o: Pick<Asked, 'start'> & { readonly facts: WorkerFacts }): CacheMounts {
  const { facts } = o
  const odd = (kind: string): Error => new Error(`a question about cache mounts was answered by "${kind}"`)
  return {
    async list(w) {
      const answer = await askWorker({ kind: 'mounts', facts }, { ...o, ...w })
      if (answer.kind !== 'mounts') throw odd(answer.kind)
      return answer.mounts
    },
    async pack(ids, w) {
      const answer = await askWorker({ kind: 'pack mounts', facts, ids }, { ...o, ...w })
      if (answer.kind !== 'packed') throw odd(answer.kind)
      return answer.mounts
    },
    async lay(mounts, { replace, signal }) {
      const answer = await askWorker({ kind: 'lay mounts', facts, mounts, replace }, { ...o, signal })
      if (answer.kind !== 'laid') throw odd(answer.kind)
      return answer.mounts
    },
  }
}
