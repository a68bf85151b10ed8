/** What scans found, as long as the process lives. */
import type { ScanMemory } from '../../ports/scan-parts.ts'
import type { Baseline } from '../../verdict/baseline.ts'

export function passingMemory(): ScanMemory {
  const kept = new Map<string, Baseline>()
  return {
    async read({ target, variant }, { signal }) {
      signal.throwIfAborted()
      return kept.get(`${target}\0${variant}`)
    },
    async write({ target, variant }, baseline, { signal }) {
      signal.throwIfAborted()
      kept.set(`${target}\0${variant}`, baseline)
    },
  }
}
