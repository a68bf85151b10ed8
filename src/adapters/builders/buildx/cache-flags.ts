/** --cache-from and --cache-to: the tool's own caches, without credentials among the arguments. */
import type { PlainCacheSpec } from '../../../image-job/cache-place.ts'
import type { ToolWishes } from '../../../ports/tool-wishes.ts'
import { csvOf } from './csv.ts'

export interface CacheFlags {
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** Where buildx takes an attribute from when it is not given. */
const fromEnvironment: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  s3: { access_key_id: 'AWS_ACCESS_KEY_ID', secret_access_key: 'AWS_SECRET_ACCESS_KEY', session_token: 'AWS_SESSION_TOKEN' },
}

/** Ours: buildx keeps cache mounts in its builder, and exports none. */
export const mountsKey = 'mounts'

/** Attributes with a secret that only an argument could tell. */
const secret = /^(?:secret_access_key|account_key|client_secret|oidc_token|gcp_json_key|token)$/

export function cacheFlags(
  { cacheFrom, cacheTo }: Pick<ToolWishes, 'cacheFrom' | 'cacheTo'>,
  refOf: (ref: string) => { readonly ref: string; readonly plainHttp: boolean },
): CacheFlags {
  const env: Record<string, string> = {}
  const flag = (name: string) => (spec: PlainCacheSpec) => {
    const pairs: (readonly [string, string])[] = [['type', spec.type]]
    for (const [key, value] of Object.entries(spec.attributes)) {
      const variable = fromEnvironment[spec.type]?.[key]
      if (variable !== undefined) env[variable] = value
      else if (key === mountsKey) continue
      else if (key === 'ref' && spec.type === 'registry') pairs.push(...registryPairs(refOf(value)))
      else pairs.push([key, value])
    }
    return [name, csvOf(pairs)]
  }
  const from = cacheFrom.filter((spec) => !holdsSecret(spec)).flatMap(flag('--cache-from'))
  const to = cacheTo.filter((spec) => !holdsSecret(spec)).flatMap(flag('--cache-to'))
  return { flags: [...from, ...to], env }
}

/** Such a cache is left out, and said: it only saves time. */
export function holdsSecret({ type, attributes }: PlainCacheSpec): boolean {
  return Object.keys(attributes).some((key) => secret.test(key) && fromEnvironment[type]?.[key] === undefined)
}

function registryPairs({ ref, plainHttp }: { readonly ref: string; readonly plainHttp: boolean }): readonly (readonly [string, string])[] {
  return [['ref', ref], ...(plainHttp ? [['registry.insecure', 'true'] as const] : [])]
}
