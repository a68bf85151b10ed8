/** yarn.lock (1 and later) and pnpm-lock.yaml (5 to 9), line by line: their tools write them in one form only. */
import type { Found, FoundPackage } from './found.ts'

/** `lodash@^4.17.15, lodash@^4.17.19:` or `"lodash@npm:^4.17.15":` and below it `version "4.17.21"` or `version: 4.17.21`. */
export function readYarnLock(text: string): Found {
  const packages: FoundPackage[] = []
  let name: string | undefined
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) name = line.startsWith('#') || line.startsWith('__metadata') ? undefined : yarnName(line)
    const [, version] = /^ {2}version:? "?([^"\s]+)"?\s*$/.exec(line) ?? []
    if (name === undefined || version === undefined) continue
    if (/^\d/.test(version) && !version.startsWith('0.0.0-use.local')) packages.push({ type: 'npm', name, version })
    name = undefined
  }
  return { kind: 'packages', lock: true, packages }
}

/** Of an alias, `x@npm:lodash@^4`, the package that it stands for. */
function yarnName(line: string): string | undefined {
  const first = line.replace(/^"/, '').split(/"?,\s|"?:\s*$/)[0] ?? ''
  const [, name, range = ''] = /^(@?[^@]+)@(.*)$/.exec(first) ?? []
  const [, real] = /^npm:(@?[^@]+)@.+$/.exec(range) ?? []
  return real ?? name
}

/** Keys of `packages:`, `/lodash/4.17.21`, `/lodash@4.17.21(peer@1)` or `lodash@4.17.21`; `dev: true` below is for development only. */
export function readPnpmLock(text: string): Found {
  const packages: FoundPackage[] = []
  let inside = false
  let last: FoundPackage | undefined
  const keep = (): void => {
    if (last !== undefined) packages.push(last)
    last = undefined
  }
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) {
      keep()
      inside = line.startsWith('packages:')
    }
    if (!inside) continue
    const [, key] = /^ {2}(\S.*):\s*(?:\{\})?\s*$/.exec(line) ?? []
    if (key !== undefined) {
      keep()
      last = pnpmPackage(key.replace(/^['"]|['"]$/g, ''))
    } else if (/^ {4}dev: true\s*$/.test(line)) last = undefined
  }
  keep()
  return { kind: 'packages', lock: true, packages }
}

function pnpmPackage(key: string): FoundPackage | undefined {
  const plain = key.replace(/^\//, '').replace(/\(.*$/, '')
  const [, name, version] = /^(@[^/]+\/[^/@]+|[^/@]+)[/@](\d[^_/]*)/.exec(plain) ?? []
  return name === undefined || version === undefined ? undefined : { type: 'npm', name, version }
}
