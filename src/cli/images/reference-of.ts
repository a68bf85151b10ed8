/** A reference as people write it, in full. */
import { Problem } from '../../base/problem.ts'
import { type ImageRef, parseSourceRef, withDefaultTag } from '../../oci/ref.ts'

/** With `latest` when no tag is written. Throws REF_INVALID. */
export function referenceOf(text: string): ImageRef {
  const parsed = parseSourceRef(text)
  const [wrong] = parsed.diagnostics.filter((d) => d.severity === 'error')
  if (!parsed.ok || wrong !== undefined) throw new Problem(wrong ?? (parsed.diagnostics[0] as NonNullable<(typeof parsed.diagnostics)[0]>))
  return withDefaultTag(parsed.value)
}
