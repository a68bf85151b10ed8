/** Whether kaniko's executor brings the image to its registries, as it does by itself. Where the step asks for more of them than it knows to do, Slipway does. */
import type { ImageJob } from '../image-job.ts'

export function pushesItself({ mode, outputs, tagPolicy, repository }: ImageJob): boolean {
  const asked = repository.create || repository.scanOnPush || repository.lifecyclePolicy !== undefined || repository.accessPolicy !== undefined
  return mode !== 'build-only' && outputs.some(({ kind }) => kind === 'registry') && !tagPolicy.skipExisting && !asked
}
