/** The flags of `slipway build` to what the builder is asked for. All that can be wrong with them is found before anything runs. */
import { resolve } from 'node:path'
import { Problem, problem } from '../../base/problem.ts'
import { parseCacheFlag } from '../../image-job/cache-flag.ts'
import { cacheSource, cacheTarget } from '../../image-job/cache-place.ts'
import { type Platform, parsePlatform, showPlatform } from '../../oci/platform.ts'
import type { BuildRequest } from '../../ports/builder.ts'
import { nameValues } from '../name-value.ts'
import type { World } from '../world.ts'
import type { BuildOptions } from './options.ts'
import { readSecrets } from './secrets.ts'
import { readSsh } from './ssh.ts'
import { surroundings } from './surroundings.ts'

/** What the flags alone say; context, Dockerfile, named contexts and agents are opened by others. */
export type FlagRequest = Omit<BuildRequest, 'contextDir' | 'dockerfile' | 'dockerignore'>

export async function requestOf(o: BuildOptions, world: World): Promise<FlagRequest> {
  const [platform = world.platform, ...more] = platformsOf(o.platform)
  const places = { resolve: (path: string) => resolve(world.cwd, path) }
  const noCacheFor = o.cacheFilter.flatMap((text) => text.split(',')).filter((name) => name !== '')
  return {
    ...(o.target !== undefined && { target: o.target }),
    args: buildArgs(o.buildArg, world.env),
    labels: new Map(Object.entries(nameValues('--label', o.label.map(labelOf)))),
    platform,
    ...(more.length > 0 && { platforms: [platform, ...more] }),
    created: world.clock.now(),
    reproducible: o.reproducible ?? false,
    noCache: !o.cache,
    ...(noCacheFor.length > 0 && { noCacheFor }),
    cacheFrom: o.cacheFrom.map((text) => cacheSource(parseCacheFlag(text), places)),
    cacheTo: o.cacheTo.map((text) => cacheTarget(parseCacheFlag(text), places)),
    explainCache: o.explainCache ?? false,
    ...(o.secret.length > 0 && { secrets: await readSecrets(o.secret, world) }),
    ...(o.ssh.length > 0 && { ssh: await readSsh(o.ssh, world) }),
    ...surroundings(o),
  }
}

/** A label without a value has an empty one. */
function labelOf(text: string): string {
  return text.includes('=') ? text : `${text}=`
}

/** `--build-arg NAME` alone takes the value of the environment; unset there means unset here. */
function buildArgs(given: readonly string[], env: World['env']): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const text of given) {
    const at = text.indexOf('=')
    if (at === 0 || text === '') throw problem('NAME_VALUE_BAD', { option: '--build-arg', text })
    const value = at < 0 ? env[text] : text.slice(at + 1)
    if (value !== undefined) values.set(at < 0 ? text : text.slice(0, at), value)
  }
  return values
}

function platformsOf(given: readonly string[]): readonly Platform[] {
  const found = new Map<string, Platform>()
  for (const text of given.flatMap((one) => one.split(','))) {
    const parsed = parsePlatform(text)
    if (!parsed.ok) throw new Problem(parsed.diagnostics[0] as NonNullable<(typeof parsed.diagnostics)[0]>)
    found.set(showPlatform(parsed.value), parsed.value)
  }
  return [...found.values()]
}
