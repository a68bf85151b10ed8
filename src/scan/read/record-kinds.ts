/** Which files of an image are records of packages, by their paths, and how each is read. */
import { readApk } from './apk.ts'
import { readDpkg, readFileList } from './dpkg.ts'
import type { Found, UnreadKind } from './found.ts'
import { readNpmPackage } from './npm.ts'
import { readNpmLock } from './npm-lock.ts'
import { readOsRelease } from './os-release.ts'
import { readPnpmLock, readYarnLock } from './other-locks.ts'
import { readPython } from './python.ts'

/** Undefined: it turned out to be no record. */
type Read = (body: AsyncIterable<Buffer>, path: string) => Promise<Found | undefined>

interface RecordKind {
  /** Tried on the last part of the path before the whole is looked at. */
  readonly name: RegExp
  readonly path: RegExp
  readonly read: Read
}

const megabyte = 1024 * 1024

/** For records that are read at once. */
function whole(limit: number, read: (content: string, path: string) => Found | undefined): Read {
  return async (body, path) => {
    const pieces: Buffer[] = []
    let size = 0
    for await (const piece of body) {
      size += piece.length
      if (size > limit) return { kind: 'unread', what: 'broken', reason: `it is larger than ${limit / megabyte} MB` }
      pieces.push(piece)
    }
    return read(Buffer.concat(pieces).toString('utf8'), path)
  }
}

function seen(what: UnreadKind): Read {
  return async () => ({ kind: 'unread', what })
}

const kinds: readonly RecordKind[] = [
  { name: /^package\.json$/, path: /(?:^|\/)node_modules\//, read: whole(4 * megabyte, readNpmPackage) },
  { name: /\.list$/, path: /^var\/lib\/dpkg\/info\//, read: readFileList },
  { name: /\.md5sums$/, path: /^var\/lib\/dpkg\/status\.d\//, read: readFileList },
  { name: /^[^.][^/]*$/, path: /^var\/lib\/dpkg\/(?:status|status\.d\/[^/]+)$/, read: readDpkg },
  { name: /^os-release$/, path: /^(?:etc|usr\/lib)\/os-release$/, read: whole(megabyte, readOsRelease) },
  { name: /^installed$/, path: /^(?:usr\/)?lib\/apk\/db\/installed$/, read: readApk },
  { name: /^METADATA$/, path: /\.dist-info\/METADATA$/, read: whole(16 * megabyte, readPython) },
  { name: /^PKG-INFO$/, path: /(?:\.egg-info|\/EGG-INFO)\/PKG-INFO$/, read: whole(16 * megabyte, readPython) },
  { name: /\.egg-info$/, path: /\.egg-info$/, read: whole(16 * megabyte, readPython) },
  { name: /^(?:package-lock|npm-shrinkwrap)\.json$/, path: /^(?!(?:.*\/)?node_modules\/)/, read: whole(128 * megabyte, readNpmLock) },
  { name: /^yarn\.lock$/, path: /^(?!(?:.*\/)?node_modules\/)/, read: whole(128 * megabyte, readYarnLock) },
  { name: /^pnpm-lock\.yaml$/, path: /^(?!(?:.*\/)?node_modules\/)/, read: whole(128 * megabyte, readPnpmLock) },
  { name: /^(?:Packages|Packages\.db|rpmdb\.sqlite)$/, path: /^(?:var\/lib\/rpm|usr\/lib\/sysimage\/rpm|usr\/share\/rpm)\//, read: seen('rpm') },
  { name: /^container-manifest-[12]$/, path: /^var\/lib\/rpmmanifest\//, read: seen('rpm') },
  { name: /\.(?:jar|war|ear)$/i, path: /./, read: seen('java') },
  { name: /\.gemspec$/, path: /\/specifications\//, read: seen('gem') },
  { name: /^installed\.json$/, path: /(?:^|\/)composer\/installed\.json$/, read: seen('composer') },
  { name: /\.deps\.json$/, path: /./, read: seen('nuget') },
  { name: /\.json$/, path: /(?:^|\/)conda-meta\//, read: seen('conda') },
  { name: /^desc$/, path: /^var\/lib\/pacman\/local\//, read: seen('pacman') },
  { name: /^status$/, path: /^(?:usr\/lib|var\/lib)\/opkg\/status$/, read: seen('opkg') },
  { name: /\.zip$/, path: /(?:^|\/)\.yarn\/(?:cache|berry\/cache)\//, read: seen('yarn-cache') },
]

export function recordReader(path: string): Read | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  for (const kind of kinds) if (kind.name.test(name) && kind.path.test(path)) return kind.read
  return undefined
}
