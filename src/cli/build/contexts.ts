/** CONTEXT, `--file` and `--build-context`: folders as they are, everything else fetched first and removed afterwards. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { problem } from '../../base/problem.ts'
import { openContext, openStream } from '../../builder/context/open-context.ts'
import { gitAccess } from '../../builder/context/remote-sources.ts'
import { parseGitSource } from '../../dockerfile/git-source.ts'
import { collect } from '../../oci/join.ts'
import type { BuildRequest, NamedContext } from '../../ports/builder.ts'
import type { World } from '../world.ts'
import { dockerfileOf, ignoreFile } from './dockerfile.ts'
import type { BuildOptions } from './options.ts'

type Contexts = Pick<BuildRequest, 'contextDir' | 'dockerfile' | 'dockerignore' | 'contexts'>
type Access = Pick<BuildRequest, 'secrets' | 'ssh'>

export interface OpenedContexts extends Contexts {
  close(): Promise<void>
}

const largestDockerfile = 10 * 1024 * 1024

export async function openContexts(context: string, o: BuildOptions, access: Access, world: World): Promise<OpenedContexts> {
  const closing: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).toReversed()) await one()
  }
  try {
    const place = await openMain(context, access, closing, world)
    const given = await fileOf(o.file, context, closing, world)
    const texts = await dockerfileOf(given, place, world)
    const contexts = new Map<string, NamedContext>()
    for (const text of o.buildContext) contexts.set(...(await named(text, access, closing, world)))
    return { contextDir: place.contextDir, ...texts, ...(contexts.size > 0 && { contexts }), close }
  } catch (error) {
    await close()
    throw error
  }
}

type Closing = (() => Promise<void>)[]

/** In a context that was fetched, `--file` is looked for there. */
async function openMain(text: string, access: Access, closing: Closing, world: World) {
  const opened = await fetchContext(text, access, world)
  if (opened === undefined) {
    const contextDir = resolve(world.cwd, text)
    const found = await stat(contextDir).catch(() => undefined)
    if (found?.isDirectory() !== true)
      throw problem('BUILD_CONTEXT_INVALID', { name: text, reason: found === undefined ? 'there is no such folder' : 'it is a file, not a folder' })
    return { contextDir, cwd: world.cwd }
  }
  closing.push(opened.close)
  return { contextDir: opened.folder, cwd: opened.folder }
}

async function fetchContext(text: string, access: Access, world: World) {
  const { signal } = world
  if (text === '-') return openStream(world.stdin(), 'standard input', { signal })
  if (parseGitSource(text) === undefined && !/^https?:\/\//i.test(text)) return undefined
  const source = parseGitSource(text)
  return openContext(text, { signal, remote: await world.tools.remote(), ...(source !== undefined && gitAccess(source, access)) })
}

/** `-` and web addresses become a file of their own, outside the context. */
async function fileOf(file: string | undefined, context: string, closing: Closing, world: World): Promise<string | undefined> {
  if (file === undefined || (file !== '-' && !/^https?:\/\//i.test(file))) return file
  if (file === '-' && context === '-') throw problem('BUILD_FLAG_INVALID', { flag: '--file', text: file, reason: 'standard input is the context already' })
  const bytes = await collect(file === '-' ? world.stdin() : await fetchFile(file, world), largestDockerfile)
  if (bytes === undefined) throw problem('BUILD_FLAG_INVALID', { flag: '--file', text: file, reason: 'it is larger than a Dockerfile can be' })
  const folder = await mkdtemp(join(tmpdir(), 'slipway-dockerfile-'))
  closing.push(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'Dockerfile')
  await writeFile(path, bytes)
  return path
}

async function fetchFile(url: string, world: World): Promise<Readable> {
  const answer = await (await world.tools.remote()).fetch(url, { signal: world.signal })
  if (answer === 'unchanged') throw new Error('unchanged without having asked')
  return answer.body
}

async function named(text: string, access: Access, closing: Closing, world: World): Promise<readonly [string, NamedContext]> {
  const at = text.indexOf('=')
  const [name, value] = [text.slice(0, at), text.slice(at + 1)]
  const wrong = (reason: string) => problem('BUILD_FLAG_INVALID', { flag: '--build-context', text, reason })
  if (at < 1 || value === '') throw wrong('it is no NAME=PLACE')
  if (value.startsWith('docker-image://')) return [name, { kind: 'image', name: value.slice('docker-image://'.length) }]
  if (value.startsWith('oci-layout://')) {
    const [, path = '', image] = /^(.*?)(?:[:@]([^/]+(?::[0-9a-f]+)?))?$/.exec(value.slice('oci-layout://'.length)) ?? []
    return [name, { kind: 'layout', folder: resolve(world.cwd, path), ...(image !== undefined && { image }) }]
  }
  if (value === '-') throw wrong('standard input is for CONTEXT or --file')
  const opened = await fetchContext(value, access, world)
  if (opened !== undefined) closing.push(opened.close)
  const folder = opened?.folder ?? resolve(world.cwd, value)
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true) throw wrong(`${folder} is no folder`)
  return [name, { kind: 'folder', folder, ...(await ignoreFile(folder)) }]
}
