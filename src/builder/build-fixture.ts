/** For tests: builds a small context in a temporary folder and reads the layers back. */
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Image, Layer } from '../oci/views.ts'
import type { BuildEvent, BuildRequest, Built } from '../ports/builder.ts'
import { streamSource } from '../tar/byte-source.ts'
import { readTar } from '../tar/read-tar.ts'
import { build } from './build.ts'
import type { BuildOptions } from './build-world.ts'
import { directoryStore } from './store/directory.ts'

/** A text is a file, an array a symbolic link's target; names that end with "/" are folders. */
export type Files = Readonly<Record<string, string | readonly [string]>>

export const someTime = 1_700_000_000_000
const signal = new AbortController().signal

export interface Fixture {
  readonly contextDir: string
  readonly storeDir: string
  readonly events: BuildEvent[]
  build(dockerfile: string, o?: Partial<BuildRequest & BuildOptions>): Promise<Built & { readonly image: Image }>
  remove(): Promise<void>
}

export async function fixture(files: Files = {}): Promise<Fixture> {
  const root = await mkdtemp(join(tmpdir(), 'slipway-build-'))
  const contextDir = join(root, 'context')
  const events: BuildEvent[] = []
  await mkdir(contextDir)
  for (const [path, content] of Object.entries(files)) await writeOne(join(contextDir, path), content)
  const store = directoryStore(join(root, 'store'))
  return {
    contextDir,
    storeDir: join(root, 'store'),
    events,
    remove: () => rm(root, { recursive: true, force: true }),
    async build(text, o = {}) {
      const request: BuildRequest = {
        contextDir,
        dockerfile: { name: 'Dockerfile', text },
        args: new Map(),
        labels: new Map(),
        platform: { os: 'linux', architecture: 'amd64' },
        created: someTime,
        reproducible: false,
        noCache: false,
        ...o,
      }
      const built = await build(request, { signal, store, baseImage: noBase, emit: (event) => void events.push(event), ...o })
      return { ...built, image: built.image as Image }
    },
  }
}

async function writeOne(path: string, content: string | readonly [string]): Promise<void> {
  await mkdir(path.endsWith('/') ? path : dirname(path), { recursive: true })
  if (typeof content !== 'string') return symlink(content[0], path)
  if (path.endsWith('/')) return
  await writeFile(path, content)
  await utimes(path, 1_600_000_000.75, 1_600_000_000.75)
}

async function noBase(name: string): Promise<never> {
  throw new Error(`no base image ${name} in this test`)
}

/** `path` or `path/` for a folder, then mode and owner, then content or link target. */
export async function entriesOf(layer: Layer): Promise<string[]> {
  const lines: string[] = []
  for await (const { entry, body } of readTar(streamSource(await layer.uncompressed({ signal })), { signal })) {
    let content = ''
    if (entry.kind === 'file') for await (const chunk of body()) content += chunk.toString()
    if (entry.kind === 'symlink') content = `-> ${entry.target}`
    if (entry.kind === 'hardlink') content = `= ${entry.target}`
    lines.push(`${entry.path}${entry.kind === 'dir' ? '/' : ''} ${entry.mode.toString(8)} ${entry.uid}:${entry.gid} ${content}`.trim())
  }
  return lines
}

/** All layers of the image, one list each. */
export async function layersOf(image: Image): Promise<string[][]> {
  return Promise.all((await image.layers()).map(entriesOf))
}
