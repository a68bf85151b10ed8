/** What a process is called when it cannot be started: its shell, its program, or the image that brings one. */
import type { ProcessSpec } from '../../ports/infrastructure.ts'

export function programOf({ start, image }: ProcessSpec): string {
  if (start.kind === 'script') return `shell ${start.shell}`
  return start.argv?.[0] ?? (image === undefined ? 'program' : `image ${image.reference}`)
}
