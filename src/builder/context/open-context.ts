/** A build context from outside as a folder of this machine: a repository, a tar or a lone Dockerfile, from the web or a stream. */

import { createWriteStream } from 'node:fs'
import { chmod, copyFile, lstat, mkdir, mkdtemp, rm, symlink, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isProblem, problem } from '../../base/problem.ts'
import { parseGitSource, shownAddress } from '../../dockerfile/git-source.ts'
import type { GitAccess, Remote } from '../../ports/remote.ts'
import { streamSource } from '../../tar/byte-source.ts'
import { readTar } from '../../tar/read-tar.ts'
import { unpackedBytes } from '../ops/unpacked-bytes.ts'
import { entryPath } from '../rootfs/entry-node.ts'
import type { Waiting } from '../tree/node.ts'

export interface OpenedContext {
  readonly folder: string
  close(): Promise<void>
}

export interface ContextOptions extends Waiting, GitAccess {
  readonly remote: Remote
}

/** Undefined: the text is a folder of this machine. */
export async function openContext(text: string, o: ContextOptions): Promise<OpenedContext | undefined> {
  const git = parseGitSource(text)
  if (git !== undefined) {
    return into(async (folder) => {
      await o.remote.checkout(git, folder, o)
      const sub = join(folder, git.folder ?? '')
      if (!sub.startsWith(folder) || (await lstat(sub).catch(() => undefined)) === undefined)
        throw problem('BUILD_CONTEXT_INVALID', { name: shownAddress(text), reason: `it has no folder ${git.folder}` })
      return sub
    })
  }
  if (!/^https?:\/\//i.test(text)) return undefined
  const answer = await o.remote.fetch(text, o)
  if (answer === 'unchanged') throw new Error('unchanged without having asked')
  return openStream(answer.body, shownAddress(text), o)
}

/** A tar in any compression, or the text of a Dockerfile in a context with nothing else. */
export async function openStream(source: Readable, name: string, o: Waiting): Promise<OpenedContext> {
  return into(async (folder) => {
    const { head, whole } = await peek(source)
    if (!isArchive(head)) {
      await pipeline(whole, createWriteStream(join(folder, 'Dockerfile')), { signal: o.signal })
      return folder
    }
    try {
      await unpackTar(await unpackedBytes(whole, head, name, o), folder, o)
    } catch (cause) {
      o.signal.throwIfAborted()
      if (!isProblem(cause, 'TAR_CORRUPT')) throw cause
      throw problem('BUILD_CONTEXT_INVALID', { name, reason: cause.message }, { cause })
    }
    return folder
  })
}

async function into(fill: (folder: string) => Promise<string>): Promise<OpenedContext> {
  const made = await mkdtemp(join(tmpdir(), 'slipway-context-'))
  const close = () => rm(made, { recursive: true, force: true })
  try {
    return { folder: await fill(made), close }
  } catch (error) {
    await close()
    throw error
  }
}

const headLength = 512

async function peek(source: Readable): Promise<{ readonly head: Buffer; readonly whole: Readable }> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const seen: Buffer[] = []
  let length = 0
  while (length < headLength) {
    const next = await chunks.next()
    if (next.done === true) break
    seen.push(Buffer.from(next.value))
    length += next.value.length
  }
  const all = async function* () {
    yield* seen
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
  }
  return { head: Buffer.concat(seen).subarray(0, headLength), whole: Readable.from(all(), { objectMode: false }) }
}

/** By the magic bytes of compressions, or of a tar's first header. */
function isArchive(head: Buffer): boolean {
  const magic = [
    [0x1f, 0x8b],
    [0x42, 0x5a, 0x68],
    [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
    [0x28, 0xb5, 0x2f, 0xfd],
  ]
  return magic.some((bytes) => bytes.every((byte, i) => head[i] === byte)) || head.subarray(257, 262).toString('latin1') === 'ustar'
}

/** Nothing is written through a link, and nothing outside the folder; owners do not matter in a context. */
async function unpackTar(tar: Readable, root: string, o: Waiting): Promise<void> {
  for await (const { entry, body } of readTar(streamSource(tar), o)) {
    const path = entryPath(entry.path)
    if (path === undefined) continue
    const file = join(root, path)
    await plainFolders(root, dirname(path))
    if (entry.kind === 'dir') {
      await plainFolders(root, path)
      continue
    }
    await rm(file, { recursive: true, force: true })
    if (entry.kind === 'symlink') await symlink(entry.target, file)
    else if (entry.kind === 'file') await pipeline(body(), createWriteStream(file, { flags: 'wx' }), { signal: o.signal })
    else if (entry.kind === 'hardlink') await copyEarlier(root, entry.target, file)
    else continue
    if (entry.kind === 'symlink') continue
    const seconds = Number(entry.mtimeNs) / 1e9
    await chmod(file, entry.mode & 0o777)
    await utimes(file, seconds, seconds)
  }
}

/** A link on the way is replaced by a folder: it may lead out. */
async function plainFolders(root: string, path: string): Promise<void> {
  let at = root
  for (const part of path.split('/').filter((one) => one !== '' && one !== '.')) {
    at = join(at, part)
    const there = await lstat(at).catch(() => undefined)
    if (there?.isDirectory() === true) continue
    if (there !== undefined) await rm(at, { force: true })
    await mkdir(at)
  }
}

async function copyEarlier(root: string, target: string, file: string): Promise<void> {
  const path = entryPath(target)
  const earlier = path === undefined ? undefined : await lstat(join(root, path)).catch(() => undefined)
  if (path === undefined || earlier?.isFile() !== true) throw problem('BUILD_CONTEXT_INVALID', { name: target, reason: 'a hard link leads to nothing' })
  await copyFile(join(root, path), file)
}
