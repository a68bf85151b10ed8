/** Names a stack of layers by what is in it. */
import { createHash } from 'node:crypto'
import type { PendingLayer } from '../pending-layer.ts'

export async function chainOf(layers: readonly Pick<PendingLayer, 'identity'>[]): Promise<string> {
  let chain = ''
  for (const layer of layers) chain = nextChain(chain, await layer.identity())
  return chain
}

/** Short, because an overlay has room for one page of names. */
export function nextChain(chain: string, identity: string): string {
  return createHash('sha256').update(`${chain} ${identity}`).digest('hex').slice(0, 32)
}
