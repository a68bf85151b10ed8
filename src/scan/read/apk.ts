/** The database of Alpine's apk: paragraphs of one-letter fields, with the files of each package. */
import { mostPackages } from './dpkg.ts'
import type { Found, FoundPackage } from './found.ts'
import { ownedPath } from './owned.ts'
import { fieldOf, stanzas } from './stanzas.ts'

export async function readApk(body: AsyncIterable<Buffer>): Promise<Found> {
  const packages: FoundPackage[] = []
  const owned: string[] = []
  let broken = 0
  for await (const { text, broken: cut } of stanzas(body)) {
    const found = cut ? undefined : packageOf(text)
    if (found === undefined) broken++
    else packages.push(found)
    ownedBy(text, owned)
    if (packages.length > mostPackages) return { kind: 'unread', what: 'broken', reason: `it names more than ${mostPackages} packages` }
  }
  return { kind: 'packages', packages, ...(broken > 0 && { broken }), ...(owned.length > 0 && { owned }) }
}

function packageOf(text: string): FoundPackage | undefined {
  const [name, version] = [fieldOf(text, 'P'), fieldOf(text, 'V')]
  if (name === undefined || version === undefined) return undefined
  const [architecture, origin, license] = [fieldOf(text, 'A'), fieldOf(text, 'o'), fieldOf(text, 'L')]
  return {
    type: 'apk',
    name,
    version,
    source: { name: origin ?? name, version },
    ...(architecture !== undefined && { architecture }),
    ...(license !== undefined && { licenses: [license] }),
  }
}

/** `F:` names a folder, the `R:` after it the files in it. */
function ownedBy(text: string, owned: string[]): void {
  let folder = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('F:')) folder = line.slice(2)
    else if (line.startsWith('R:') && owned.length < mostPackages) {
      const path = ownedPath(`/${folder}/${line.slice(2)}`)
      if (path !== undefined) owned.push(path)
    }
  }
}
