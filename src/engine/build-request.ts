/** A job's build, with paths of this machine and values in place, as builders take it. */
import { dirname, join } from 'node:path'
import { Problem, problem } from '../base/problem.ts'
import { isSecretText } from '../base/secret-text.ts'
import { cleanPath } from '../dockerfile/clean-path.ts'
import type { BuildSource } from '../image-job/build-source.ts'
import { type Platform, parsePlatform } from '../oci/platform.ts'
import type { BuildRequest } from '../ports/builder.ts'
import type { ImageWork } from '../steps/image-work.ts'
import { buildNetwork, proxyArgs } from './build-network.ts'
import { variable } from './build-secrets.ts'
import { cachePlaces } from './cache-places.ts'
import type { WorkAt } from './do-work.ts'
import { layerWishes } from './layer-wishes.ts'
import type { RunContext } from './parts.ts'
import { nowKnown, revealText } from './reveal.ts'
import { toolWishes } from './tool-wishes.ts'

/** `outside`: the folder of a context that was fetched; its Dockerfile is looked for in it. */
export async function buildRequest(source: BuildSource, at: WorkAt<ImageWork>, outside?: string): Promise<BuildRequest> {
  const { context, state } = at
  const contextDir = outside ?? state.workspace.hostPath(nowKnown(source.context))
  const { file, ...dockerfile } = await dockerfileOf(source, at, outside)
  const ignore = await ignoreFile(file, contextDir, context)
  const labels = new Map<string, string>()
  for (const { name, value } of nowKnown(source.labels)) labels.set(name, await revealText(value ?? '', context))
  const target = source.target === undefined ? undefined : nowKnown(source.target)
  const created = source.created.kind === 'now' ? context.clock.now() : source.created.seconds * 1000
  const platforms = platformsOf(source, at)
  const [first] = platforms
  return {
    contextDir,
    dockerfile,
    ...(ignore !== undefined && { dockerignore: ignore }),
    ...(target !== undefined && { target }),
    args: await buildArgs(source, at),
    ...secretArgs(source, at),
    labels,
    platform: first,
    ...(platforms.length > 1 && { platforms }),
    created,
    ...(source.createdLabel && { createdLabel: 'org.opencontainers.image.created' }),
    reproducible: source.reproducible,
    noCache: !source.cache.use,
    ...(at.work.engine.name === 'buildx' ? { tool: await toolWishes(source, at) } : await cachePlaces(source.cache, at)),
    ...buildNetwork(source, at),
    ...layerWishes(source),
    ...(!source.pull && { localBases: true }),
  }
}

export async function dockerfileOf(
  source: BuildSource,
  { context, state, step }: WorkAt<ImageWork>,
  outside?: string,
): Promise<{ readonly file: string; readonly name: string; readonly text: string }> {
  const named = nowKnown(source.dockerfile)
  const name = named.replace(/^\/harness\//, '')
  const file = outside === undefined ? state.workspace.hostPath(named) : join(outside, cleanPath(`/${name}`))
  const text = await textOf(file, context).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message
    throw problem('DOCKERFILE_UNREADABLE', { file, reason }, { cause, at: step.at })
  })
  return { file, name, text }
}

async function textOf(file: string, { readFile }: RunContext): Promise<string> {
  return (await readFile(file)).toString('utf8')
}

/** `<Dockerfile>.dockerignore` goes before the context's own. */
async function ignoreFile(dockerfile: string, contextDir: string, context: RunContext): Promise<BuildRequest['dockerignore']> {
  for (const file of [`${dockerfile}.dockerignore`, join(contextDir, '.dockerignore')]) {
    const text = await textOf(file, context).catch(() => undefined)
    if (text !== undefined) return { name: file.startsWith(dirname(dockerfile)) ? file : '.dockerignore', text }
  }
  return undefined
}

/** A name alone takes the first variable that is set; when none is, the argument is not given. */
export async function buildArgs(source: BuildSource, at: WorkAt<ImageWork>): Promise<ReadonlyMap<string, string>> {
  const values = new Map(await proxyArgs(source, at))
  for (const arg of nowKnown(source.args)) {
    if (arg.kind === 'value') values.set(arg.name, await revealText(arg.value, at.context))
    else {
      const found = await firstSet(arg.from, at)
      if (found !== undefined) values.set(arg.name, found)
    }
  }
  return values
}

/** By name: those of which any part is a secret. */
function secretArgs(source: BuildSource, { work }: WorkAt<ImageWork>): Pick<BuildRequest, 'secretArgs'> {
  const isSecret = (name: string): boolean => {
    const value = work.variables?.[name]
    return value?.kind === 'known' && isSecretText(value.value)
  }
  const names = nowKnown(source.args).flatMap((arg) => ((arg.kind === 'value' ? isSecretText(arg.value) : arg.from.some(isSecret)) ? [arg.name] : []))
  return names.length > 0 ? { secretArgs: names } : {}
}

async function firstSet(names: readonly string[], at: WorkAt<ImageWork>): Promise<string | undefined> {
  for (const name of names) {
    const value = await variable(name, at)
    if (value !== undefined) return value
  }
  return undefined
}

/** The stage's machine decides where nobody says otherwise. */
export function platformsOf(source: BuildSource, { state, step }: WorkAt<ImageWork>): readonly [Platform, ...Platform[]] {
  const given = nowKnown(source.platforms)
  const [first, ...others] = (given.length > 0 ? given : [`linux/${state.stage.infrastructure.arch.toLowerCase()}`]).map((text) => {
    const parsed = parsePlatform(text, step.at === undefined ? {} : { at: step.at })
    if (!parsed.ok) throw new Problem(parsed.diagnostics[0] as NonNullable<(typeof parsed.diagnostics)[0]>)
    return parsed.value
  })
  return [first as Platform, ...others]
}
