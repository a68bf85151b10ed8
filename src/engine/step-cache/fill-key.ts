/** Templates of a key: `{{ checksum "package-lock.json" }}`, `{{ epoch }}`, `{{ arch }}`, `{{ os }}`, as the original's plugin has them. */
import { problem } from '../../base/problem.ts'

export interface KeyFacts {
  /** Empty for a file that cannot be read, after having told why. */
  checksum(file: string): Promise<string>
  readonly epoch: number
  readonly arch: string
  readonly os: string
}

/** Stores know names of up to 1,024 bytes, and odd characters take three in a name. */
const longest = 300
const template = /\{\{-?\s*(\w+)\s*(?:"([^"\\]*)"|'([^'\\]*)'|`([^`]*)`|([^\s{}"'`\\-][^\s{}"'`\\]*))?\s*-?\}\}/g

export async function fillKey(key: string, facts: KeyFacts): Promise<string> {
  let filled = ''
  let from = 0
  for (const match of key.matchAll(template)) {
    const [whole, name = '', double, single, back, bare] = match
    filled += key.slice(from, match.index) + (await templateValue(name, double ?? single ?? back ?? bare, key, facts))
    from = match.index + whole.length
  }
  filled = (filled + key.slice(from)).trim()
  if (/\{\{|\}\}/.test(filled)) throw invalid(key, 'a template in it is not understood; write {{ checksum "FILE" }} with forward slashes')
  if (filled === '') throw invalid(key, 'it is empty')
  if (Buffer.byteLength(filled) > longest) throw invalid(`${key.slice(0, 60)}…`, `it has ${Buffer.byteLength(filled)} bytes, more than ${longest}`)
  if (/\p{Cc}/u.test(filled)) throw invalid(JSON.stringify(key), 'it holds a line break or another control character')
  return filled
}

async function templateValue(name: string, argument: string | undefined, key: string, facts: KeyFacts): Promise<string> {
  if (name === 'checksum' && argument !== undefined) return facts.checksum(argument)
  if (argument === undefined && name === 'epoch') return String(facts.epoch)
  if (argument === undefined && name === 'arch') return facts.arch
  if (argument === undefined && name === 'os') return facts.os
  throw invalid(key, name === 'checksum' ? 'checksum needs the name of a file' : `"${name}" is no template; there are checksum, epoch, arch and os`)
}

function invalid(key: string, reason: string) {
  return problem('STEP_CACHE_KEY_INVALID', { key, reason })
}
