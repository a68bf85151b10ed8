/** A job's build, with paths of this machine and values in place, as builders take it. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { problem } from '../base/problem.ts'
import type { BuildArg, BuildSource } from '../image-job/build-source.ts'
import { type Platform, parsePlatform } from '../oci/platform.ts'
import type { BuildRequest } from '../ports/builder.ts'
import type { ImageWork } from '../steps/image-work.ts'
import { cachePlaces } from './cache-places.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown, revealText } from './reveal.ts'

export async function buildRequest(source: BuildSource, at: WorkAt<ImageWork>): Promise<BuildRequest> {
  const { context, state } = at
  const contextDir = state.workspace.hostPath(nowKnown(source.context))
  const dockerfile = state.workspace.hostPath(nowKnown(source.dockerfile))
  const text = await readFile(dockerfile, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw problem(
      'DOCKERFILE_UNREADABLE',
      { file: dockerfile, reason: cause.code === 'ENOENT' ? 'there is no such file' : cause.message },
      { cause, at: at.step.at },
    )
  })
  const ignore = await ignoreFile(dockerfile, contextDir)
  const labels = new Map<string, string>()
  for (const { name, value } of nowKnown(source.labels)) labels.set(name, await revealText(value ?? '', context))
  const target = source.target === undefined ? undefined : nowKnown(source.target)
  const created = source.created.kind === 'now' ? context.clock.now() : source.created.seconds * 1000
  if (source.createdLabel) labels.set('org.opencontainers.image.created', new Date(created).toISOString().replace(/\.\d+Z$/, 'Z'))
  return {
    contextDir,
    dockerfile: { name: nowKnown(source.dockerfile).replace(/^\/harness\//, ''), text },
    ...(ignore !== undefined && { dockerignore: ignore }),
    ...(target !== undefined && { target }),
    args: await buildArgs(nowKnown(source.args), at),
    labels,
    platform: platformOf(source, at),
    created,
    reproducible: source.reproducible,
    noCache: !source.cache.use,
    ...(await cachePlaces(source.cache, at)),
  }
}

/** `<Dockerfile>.dockerignore` goes before the context's own. */
async function ignoreFile(dockerfile: string, contextDir: string): Promise<BuildRequest['dockerignore']> {
  for (const file of [`${dockerfile}.dockerignore`, join(contextDir, '.dockerignore')]) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text !== undefined) return { name: file.startsWith(dirname(dockerfile)) ? file : '.dockerignore', text }
  }
  return undefined
}

async function buildArgs(args: readonly BuildArg[], { context }: WorkAt<ImageWork>): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>()
  for (const arg of args) if (arg.kind === 'value') values.set(arg.name, await revealText(arg.value, context))
  return values
}

/** The stage's machine decides where nobody says otherwise. */
function platformOf(source: BuildSource, { state, step }: WorkAt<ImageWork>): Platform {
  const platforms = nowKnown(source.platforms)
  if (platforms.length > 1) throw problem('PLATFORMS_NOT_YET', { platforms: platforms.join(', ') }, { at: step.at })
  const parsed = parsePlatform(platforms[0] ?? `linux/${state.stage.infrastructure.arch.toLowerCase()}`)
  if (!parsed.ok) throw problem('PLATFORMS_NOT_YET', { platforms: platforms.join(', ') }, { at: step.at })
  return parsed.value
}
