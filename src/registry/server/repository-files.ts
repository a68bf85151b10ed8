/** What a registry knows about repositories, as small files: which blobs and manifests belong to each, tags, and who refers to whom. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { type Durability, temporaryMark, writeFileAtomically } from '../../media/atomic-file.ts'
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
  putManifest(repository: string, digest: Digest, facts: ManifestFacts): Promise<void>
  manifest(repository: string, digest: Digest): Promise<ManifestFacts | undefined>
  /** Its tags go with it. */
  removeManifest(repository: string, digest: Digest): Promise<boolean>
  setTag(repository: string, tag: string, digest: Digest): Promise<void>
  tag(repository: string, tag: string): Promise<Digest | undefined>
  removeTag(repository: string, tag: string): Promise<boolean>
  /** Sorted. Undefined when the repository does not exist. */
  tags(repository: string): Promise<readonly string[] | undefined>
  /** Sorted. */
  repositories(): Promise<readonly string[]>
  addReferrer(repository: string, subject: Digest, referrer: Descriptor): Promise<void>
  removeReferrer(repository: string, subject: Digest, referrer: Digest): Promise<void>
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
  const removeTag = (repository: string, name: string) => removed(tagFile(repository, name))
  const tags = async (repository: string) => {
    const [names, exists] = [await visible(at(repository, '_tags')), await ifPresent(readdir(at(repository)))]
    return exists?.some((name) => name.startsWith('_')) === true ? (names ?? []).sort() : undefined
  }
  return {
    linkBlob: async (repository, digest) => {
      await mkdir(dirname(blob(repository, digest)), { recursive: true })
      await writeFile(blob(repository, digest), '')
    },
    hasBlob: async (repository, digest) => (await ifPresent(readFile(blob(repository, digest)))) !== undefined,
    unlinkBlob: (repository, digest) => removed(blob(repository, digest)),
    putManifest: (repository, digest, facts) => writeFileAtomically(manifestFile(repository, digest), JSON.stringify(facts), o),
    manifest: async (repository, digest) => {
      const text = await ifPresent(readFile(manifestFile(repository, digest), 'utf8'))
      return text === undefined ? undefined : (v.parse(factsShape, JSON.parse(text)) as ManifestFacts)
    },
    removeManifest: async (repository, digest) => {
      if (!(await removed(manifestFile(repository, digest)))) return false
      for (const name of (await tags(repository)) ?? []) if ((await tag(repository, name)) === digest) await removeTag(repository, name)
      return true
    },
    setTag: (repository, name, digest) => writeFileAtomically(tagFile(repository, name), digest, o),
    tag,
    removeTag,
    tags,
    repositories: async () => (await Array.fromAsync(repositoriesBelow(root, ''))).sort(),
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

async function removed(path: string): Promise<boolean> {
  return (await ifPresent(rm(path).then(() => true))) ?? false
}

async function visible(folder: string): Promise<string[] | undefined> {
  return (await ifPresent(readdir(folder)))?.filter((name) => !name.startsWith(temporaryMark))
}

async function* repositoriesBelow(root: string, path: string): AsyncGenerator<string> {
  const entries = (await ifPresent(readdir(join(root, path), { withFileTypes: true }))) ?? []
  if (entries.some((entry) => entry.name === '_manifests')) yield path
  for (const entry of entries) {
    if (entry.isDirectory() && !entry.name.startsWith('_')) yield* repositoriesBelow(root, path === '' ? entry.name : `${path}/${entry.name}`)
  }
}
