/** ENV: environment variables of the image and of the instructions that follow. */
import { readFlags } from '../read-flags.ts'
import { type KeyValue, readKeyValues } from './key-values.ts'
import { type Common, common, type Request } from './request.ts'

export interface Env extends Common<'env'> {
  readonly pairs: readonly KeyValue[]
}

export function readEnv(request: Request): Env | undefined {
  readFlags(request, {})
  const pairs = readKeyValues(request)
  return pairs && { ...common('env', request), pairs }
}
