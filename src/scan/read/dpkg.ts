/** The database of dpkg: `status`, the single files of `status.d` that images without dpkg have, and the lists of files. */
import type { Found, FoundPackage } from './found.ts'
import { ownedPath } from './owned.ts'
import { fieldOf, stanzas } from './stanzas.ts'

/** More than any system has; an image that claims more is not read on. */
export const mostPackages = 500_000

export async function readDpkg(body: AsyncIterable<Buffer>): Promise<Found> {
  const packages: FoundPackage[] = []
  let broken = 0
  for await (const stanza of stanzas(body)) {
    const found = stanza.broken ? 'broken' : packageOf(stanza.text)
    if (found === 'broken') broken++
    else if (found !== 'absent') packages.push(found)
    if (packages.length > mostPackages) return { kind: 'unread', what: 'broken', reason: `it names more than ${mostPackages} packages` }
  }
  return { kind: 'packages', packages, ...(broken > 0 && { broken }) }
}

/** Of `want ok state`: nothing but settings is left of these. */
const goneStates = new Set(['config-files', 'not-installed'])

function packageOf(text: string): FoundPackage | 'absent' | 'broken' {
  const [name, version, status] = [fieldOf(text, 'Package'), fieldOf(text, 'Version'), fieldOf(text, 'Status')]
  const state = status?.split(/\s+/).at(-1)
  if (state !== undefined && goneStates.has(state)) return 'absent'
  if (name === undefined || version === undefined || /\s/.test(name) || /\s/.test(version)) return 'broken'
  const architecture = fieldOf(text, 'Architecture')
  return { type: 'deb', name, version, source: sourceOf(fieldOf(text, 'Source'), name, version), ...(architecture !== undefined && { architecture }) }
}

/** `Source: zlib (1:1.2.13-1)`; without it, and without its version, they are those of the package. */
function sourceOf(field: string | undefined, name: string, version: string): { name: string; version: string } {
  const [, source, sourceVersion] = /^(\S+)(?:\s+\((\S+)\))?/.exec(field ?? '') ?? []
  return { name: source ?? name, version: sourceVersion ?? version }
}

/** `info/NAME.list` has absolute paths, `status.d/NAME.md5sums` a sum before each. */
export async function readFileList(body: AsyncIterable<Buffer>): Promise<Found> {
  const owned: string[] = []
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = (lines.pop() ?? '').slice(0, 10_000)
    for (const line of lines) pushOwned(line, owned)
  }
  pushOwned(rest, owned)
  return { kind: 'owned', owned }
}

function pushOwned(line: string, owned: string[]): void {
  const path = ownedPath(/^[0-9a-f]{32} {2}/.test(line) ? line.slice(34) : line)
  if (path !== undefined && owned.length < mostPackages) owned.push(path)
}
