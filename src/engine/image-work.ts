/** stub */
import type { WorkDone } from './do-work.ts'
export async function imageWork(_at: unknown): Promise<WorkDone> {
  throw new Error('not yet')
}
