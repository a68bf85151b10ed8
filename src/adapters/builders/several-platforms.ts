/** A builder for several platforms out of one for a single platform: each is built side by side, and an index names them all. */
import type { Problem } from '../../base/problem.ts'
import type { BuildEvent } from '../../events/build-event.ts'
import { assembleIndex } from '../../oci/assemble.ts'
import { type Platform, showPlatform } from '../../oci/platform.ts'
import type { Builder, BuildRequest, Built } from '../../ports/builder.ts'

/** `refuse`: what speaks against one of several platforms, told before any of them begins. */
export function severalPlatforms(one: Builder, refuse: (request: BuildRequest) => Problem | undefined = () => undefined): Builder {
  return {
    name: one.name,
    async check(request, o) {
      const found = []
      for (const single of singles(request)) found.push(...(await one.check(single, o)))
      return found
    },
    async build(request, building) {
      const { signal, emit } = building
      const requests = singles(request)
      const [only] = requests
      if (requests.length === 1 && only !== undefined) return one.build(only, building)
      for (const single of requests) {
        const refused = refuse(single)
        if (refused !== undefined) throw refused
      }
      const stop = new AbortController()
      const both = AbortSignal.any([signal, stop.signal])
      const numbers = { count: 0 }
      const running = requests.map((single) => one.build(single, { ...building, signal: both, emit: renumbered(showPlatform(single.platform), numbers, emit) }))
      const built = await firstFailure(running, stop)
      return together(
        built,
        requests.map(({ platform }) => platform),
      )
    },
  }
}

function singles(request: BuildRequest): readonly BuildRequest[] {
  const { platforms, ...rest } = request
  return platforms === undefined || platforms.length === 0 ? [rest] : platforms.map((platform) => ({ ...rest, platform }))
}

/** The others are stopped, and have ended, when the first failure is thrown: they end because of it, so theirs is not the news. */
async function firstFailure(running: readonly Promise<Built>[], stop: AbortController): Promise<readonly Built[]> {
  const failures: unknown[] = []
  for (const one of running)
    one.catch((error: unknown) => {
      failures.push(error)
      stop.abort(error)
    })
  await Promise.allSettled(running)
  if (failures.length > 0) throw failures[0]
  return Promise.all(running)
}

async function together(built: readonly Built[], platforms: readonly Platform[]): Promise<Built> {
  const format = built.some(({ image }) => image.mediaType.includes('docker')) ? 'docker' : 'oci'
  const children = built.map(({ image: view }, i) => ({ view, platform: platforms[i] as Platform }))
  const sum = (of: (one: Built) => number): number => built.reduce((total, one) => total + of(one), 0)
  return { image: await assembleIndex({ format, children }), layers: sum((one) => one.layers), cachedLayers: sum((one) => one.cachedLayers) }
}

/** One story: numbers go on over all platforms, and steps say whose they are, as BuildKit's do. */
function renumbered(platform: string, numbers: { count: number }, emit: (event: BuildEvent) => void): (event: BuildEvent) => void {
  const known = new Map<number, number>()
  const title = (text: string): string => (/^\[(?!internal\])/.test(text) ? text.replace('[', `[${platform} `) : `${text} (${platform})`)
  return (event) => {
    if (event.kind === 'note') return emit(event)
    if (event.kind === 'cache') return emit({ ...event, title: title(event.title) })
    if (event.kind === 'step') {
      numbers.count += 1
      known.set(event.step, numbers.count)
      return emit({ ...event, step: numbers.count, title: title(event.title) })
    }
    const step = event.step === undefined ? undefined : known.get(event.step)
    emit(step === undefined ? event : { ...event, step })
  }
}
