/** LABEL: metadata of the image. */
import { readFlags } from '../read-flags.ts'
import { type KeyValue, readKeyValues } from './key-values.ts'
import { type Common, common, type Request } from './request.ts'

export interface Label extends Common<'label'> {
  readonly pairs: readonly KeyValue[]
}

export function readLabel(request: Request): Label | undefined {
  readFlags(request, {})
  const pairs = readKeyValues(request)
  return pairs && { ...common('label', request), pairs }
}
