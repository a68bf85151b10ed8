/** package-lock.json and npm-shrinkwrap.json, versions 1 to 3: what npm would install, without what is for development only. */
import type { Found, FoundPackage } from './found.ts'
import { isObject, jsonObject } from './npm.ts'

export function readNpmLock(text: string): Found {
  const lock = jsonObject(text)
  if (lock === undefined) return { kind: 'unread', what: 'broken', reason: 'it is no JSON object' }
  const packages = isObject(lock['packages']) ? fromPackages(lock['packages']) : fromDependencies(lock['dependencies'])
  return { kind: 'packages', lock: true, packages }
}

type Entry = Readonly<Record<string, unknown>>

/** Versions 2 and 3: by folder. Links, and the project itself, are no packages. */
function fromPackages(packages: Entry): readonly FoundPackage[] {
  return Object.entries(packages).flatMap(([folder, entry]) => {
    const mark = folder.lastIndexOf('node_modules/')
    if (!isObject(entry) || mark < 0 || entry['link'] === true) return []
    const name = typeof entry['name'] === 'string' ? entry['name'] : folder.slice(mark + 'node_modules/'.length)
    return packageOf(name, entry)
  })
}

/** Version 1: a tree, walked without recursion because it may be of any depth. */
function fromDependencies(dependencies: unknown): readonly FoundPackage[] {
  const found: FoundPackage[] = []
  const waiting: unknown[] = [dependencies]
  while (waiting.length > 0) {
    const level = waiting.pop()
    if (!isObject(level)) continue
    for (const [name, entry] of Object.entries(level)) {
      if (!isObject(entry)) continue
      found.push(...packageOf(name, entry))
      waiting.push(entry['dependencies'])
    }
  }
  return found
}

/** Versions that are addresses of files or repositories have nothing to be compared with. `npm:` stands for a package under another name. */
function packageOf(name: string, entry: Entry): readonly FoundPackage[] {
  const version = entry['version']
  if (entry['dev'] === true || typeof version !== 'string') return []
  const [, real, realVersion] = /^npm:(.+)@([^@]+)$/.exec(version) ?? []
  if (real !== undefined && realVersion !== undefined) return [{ type: 'npm', name: real, version: realVersion }]
  return /^\d/.test(version) && name !== '' ? [{ type: 'npm', name, version }] : []
}
