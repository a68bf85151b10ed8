/** What a registry knows about repositories, as small files: which blobs and manifests belong to each, tags, and who refers to whom. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { type Durability, sweepTemporaries, syncFolder, temporaryMark, writeFileAtomically } from '../../media/atomic-file.ts'
import { ifPresent } from '../../media/file-errors.ts'
import type { Descriptor } from '../../oci/descriptor.ts'
import { type Digest, isDigest } from '../../oci/digest.ts'

export interface ManifestFacts {
  readonly mediaType: string
  readonly size: number
  readonly subject?: Digest
}

/** Safe under parallel use: each fact is one file, made or replaced atomically. Names are checked by the caller. */
export interface RepositoryFiles {
  linkBlob(repository: string, digest: Digest): Promise<void>
  hasBlob(repository: string, digest: Digest): Promise<boolean>
  unlinkBlob(repository: string, digest: Digest): Promise<boolean>
  /** All that the repository has. */
  blobs(repository: string): Promise<readonly Digest[]>
  manifests(repository: string): Promise<readonly Digest[]>
  putManifest(repository: string, digest: Digest, facts: ManifestFacts): Promise<void>
  manifest(repository: string, digest: Digest): Promise<ManifestFacts | undefined>
  /** Its tags go with it. */
  removeManifest(repository: string, digest: Digest): Promise<boolean>
  /** Its tags stay. */
  forgetManifest(repository: string, digest: Digest): Promise<boolean>
  setTag(repository: string, tag: string, digest: Digest): Promise<void>
  tag(repository: string, tag: string): Promise<Digest | undefined>
  removeTag(repository: string, tag: string): Promise<boolean>
  /** Sorted without regard to case, as the specification wants it. Undefined when the repository does not exist. */
  tags(repository: string): Promise<readonly string[] | undefined>
  /** Sorted. */
  repositories(): Promise<readonly string[]>
  addReferrer(repository: string, subject: Digest, referrer: Descriptor): Promise<void>
  removeReferrer(repository: string, subject: Digest, referrer: Digest): Promise<void>
  /** An upload under way. The mark lasts until it is taken away. */
  markUpload(repository: string, id: string): Promise<void>
  hasUpload(repository: string, id: string): Promise<boolean>
  unmarkUpload(repository: string, id: string): Promise<void>
  /** All marks of all repositories. */
  uploads(): AsyncIterable<{ readonly repository: string; readonly id: string }>
  /** Takes away what a crash left of files that were being written before `beforeMs`; answers how many. */
  sweep(o: { readonly beforeMs: number }): Promise<number>
  /** Sorted by digest. */
  referrers(repository: string, subject: Digest): Promise<readonly Descriptor[]>
}

const factsShape = v.object({ mediaType: v.string(), size: v.number(), subject: v.exactOptional(v.pipe(v.string(), v.check(isDigest))) })

export function repositoryFiles(dir: string, o: { readonly durability: Durability }): RepositoryFiles {
  const root = join(dir, 'repositories')
  // Parts of repository names never start with "_", so these folders cannot meet a repository.
  const at = (repository: string, ...rest: readonly string[]) => join(root, repository, ...rest)
  const named = (digest: Digest) => digest.replace(':', '/')
  const blob = (repository: string, digest: Digest) => at(repository, '_blobs', named(digest))
  const manifestFile = (repository: string, digest: Digest) => at(repository, '_manifests', named(digest))
  const tagFile = (repository: string, tag: string) => at(repository, '_tags', tag)
  const referrerFile = (repository: string, subject: Digest, digest: Digest) => at(repository, '_referrers', named(subject), digest.replace(':', '-'))
  const tag = async (repository: string, name: string) => {
    const text = await ifPresent(readFile(tagFile(repository, name), 'utf8'))
    return text !== undefined && isDigest(text) ? text : undefined
  }
  const uploadMark = (repository: string, id: string) => at(repository, '_uploads', id)
  const mark = async (path: string) => {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, '')
    if (o.durability === 'safe') await syncFolder(dirname(path))
  }
  const removeTag = (repository: string, name: string) => removed(tagFile(repository, name))
  const tags = async (repository: string) => {
    const [names, exists] = [await visible(at(repository, '_tags')), await ifPresent(readdir(at(repository)))]
    return exists?.some((name) => name.startsWith('_') && name !== '_uploads') === true ? (names ?? []).sort(byTag) : undefined
  }
  return {
    linkBlob: (repository, digest) => mark(blob(repository, digest)),
    hasBlob: async (repository, digest) => (await ifPresent(readFile(blob(repository, digest)))) !== undefined,
    unlinkBlob: (repository, digest) => removed(blob(repository, digest)),
    blobs: (repository) => digestsIn(at(repository, '_blobs')),
    manifests: (repository) => digestsIn(at(repository, '_manifests')),
    forgetManifest: (repository, digest) => removed(manifestFile(repository, digest)),
    putManifest: (repository, digest, facts) => writeFileAtomically(manifestFile(repository, digest), JSON.stringify(facts), o),
    manifest: async (repository, digest) => {
      const text = await ifPresent(readFile(manifestFile(repository, digest), 'utf8'))
      return text === undefined ? undefined : (v.parse(factsShape, JSON.parse(text)) as ManifestFacts)
    },
    removeManifest: async (repository, digest) => {
      // The tags first: whenever this ends, no tag points at nothing.
      for (const name of (await tags(repository)) ?? []) if ((await tag(repository, name)) === digest) await removeTag(repository, name)
      return removed(manifestFile(repository, digest))
    },
    setTag: (repository, name, digest) => writeFileAtomically(tagFile(repository, name), digest, o),
    tag,
    removeTag,
    tags,
    repositories: async () => (await Array.fromAsync(repositoriesWith('_manifests', root))).sort(),
    markUpload: (repository, id) => mark(uploadMark(repository, id)),
    hasUpload: async (repository, id) => isUploadId(id) && (await ifPresent(stat(uploadMark(repository, id)))) !== undefined,
    unmarkUpload: async (repository, id) => {
      await removed(uploadMark(repository, id))
    },
    uploads: async function* () {
      for await (const repository of repositoriesWith('_uploads', root))
        for (const id of (await visible(at(repository, '_uploads'))) ?? []) yield { repository, id }
    },
    sweep: ({ beforeMs }) => sweepTemporaries(root, beforeMs),
    addReferrer: (repository, subject, referrer) => writeFileAtomically(referrerFile(repository, subject, referrer.digest), JSON.stringify(referrer), o),
    removeReferrer: async (repository, subject, referrer) => {
      await removed(referrerFile(repository, subject, referrer))
    },
    referrers: async (repository, subject) => {
      const folder = at(repository, '_referrers', named(subject))
      const files = await Promise.all(((await visible(folder)) ?? []).sort().map((name) => ifPresent(readFile(join(folder, name), 'utf8'))))
      return files.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as Descriptor]))
    },
  }
}

function isUploadId(id: string): boolean {
  return /^[\w-]{1,64}$/.test(id)
}

/** The order of tag lists: without regard to case first. */
export function byTag(a: string, b: string): number {
  return order(a.toLowerCase(), b.toLowerCase()) || order(a, b)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

async function removed(path: string): Promise<boolean> {
  return (await ifPresent(rm(path).then(() => true))) ?? false
}

async function digestsIn(folder: string): Promise<readonly Digest[]> {
  const found = await Promise.all(
    (['sha256', 'sha512'] as const).map(async (name) => ((await visible(join(folder, name))) ?? []).map((hex) => `${name}:${hex}`)),
  )
  return found.flat().filter(isDigest)
}

async function visible(folder: string): Promise<string[] | undefined> {
  return (await ifPresent(readdir(folder)))?.filter((name) => !name.startsWith(temporaryMark))
}

/** Names of the repositories that have this folder. */
async function* repositoriesWith(folder: string, root: string, path = ''): AsyncGenerator<string> {
  const entries = (await ifPresent(readdir(join(root, path), { withFileTypes: true }))) ?? []
  if (entries.some((entry) => entry.name === folder)) yield path
  for (const entry of entries) {
    if (entry.isDirectory() && !entry.name.startsWith('_')) yield* repositoriesWith(folder, root, path === '' ? entry.name : `${path}/${entry.name}`)
  }
}
