/** EXPOSE: ports the image listens on, `port[-port][/protocol]`. */
import { readFlags } from '../read-flags.ts'
import { splitAtSpaces } from '../split-words.ts'
import type { Word } from '../word.ts'
import { type Common, common, type Request, wrongArguments } from './request.ts'

export interface Expose extends Common<'expose'> {
  readonly ports: readonly Word[]
}

export function readExpose(request: Request): Expose | undefined {
  readFlags(request, {})
  const ports = splitAtSpaces(request.rest)
  if (ports.length === 0) return wrongArguments(request, 'at least one port')
  return { ...common('expose', request), ports: ports.toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)) }
}
