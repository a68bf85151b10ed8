/** Cache places as buildx writes them: `type=registry,ref=…`, or just an image; placeholders become credentials by name. */
import { showText, type Text } from '../base/secret-text.ts'
import type { SettingKey } from '../settings/image-settings.ts'
import { marked } from '../settings/marks.ts'
import type { Knobs } from './knobs.ts'

export interface CacheSpec {
  readonly type: string
  readonly attributes: Readonly<Record<string, Text>>
}

export type ParsedSpec = { readonly kind: 'spec'; readonly spec: CacheSpec } | { readonly kind: 'wrong'; readonly reason: string }

export const cacheTypes: readonly string[] = ['registry', 'local', 'inline', 's3', 'gcs', 'azblob', 'gha']

type TextSetting = Extract<SettingKey, `cache${'S3' | 'Gcp' | 'Azure'}${string}`>

const placeholders: Readonly<Record<string, Readonly<Record<string, TextSetting>>>> = {
  harness_placeholder_aws_creds: { access_key_id: 'cacheS3AccessKey', secret_access_key: 'cacheS3SecretKey' },
  harness_placeholder_gcp_creds: { gcp_json_key: 'cacheGcpJsonKey' },
  harness_placeholder_azure_creds: {
    account_key: 'cacheAzureAccountKey',
    tenant_id: 'cacheAzureTenantId',
    client_id: 'cacheAzureClientId',
    client_secret: 'cacheAzureClientSecret',
    oidc_token: 'cacheAzureOidcToken',
  },
}

export function parseCacheSpec(text: Text, k: Knobs): ParsedSpec {
  const marks = marked([text])
  const parts = (marks.plain[0] ?? '').split(',').map((part) => part.trim())
  if (parts.length === 1 && !parts[0]?.includes('=')) return { kind: 'spec', spec: { type: 'registry', attributes: { ref: text } } }
  const attributes: Record<string, Text> = {}
  for (const part of parts) {
    const named = Object.hasOwn(placeholders, part) ? placeholders[part] : undefined
    const at = part.indexOf('=')
    if (named !== undefined) Object.assign(attributes, credentials(named, k))
    else if (at < 1 || marks.hasMark(part.slice(0, at))) return { kind: 'wrong', reason: `"${shown(marks.restore(part))}" is not NAME=VALUE` }
    else attributes[part.slice(0, at)] = marks.restore(part.slice(at + 1))
  }
  return withType(attributes, k)
}

function withType(attributes: Readonly<Record<string, Text>>, k: Knobs): ParsedSpec {
  const { type, ...rest } = attributes
  if (typeof type !== 'string') return { kind: 'wrong', reason: 'it names no type' }
  if (!cacheTypes.includes(type)) return { kind: 'wrong', reason: `"${type}" is no kind of cache; there are ${cacheTypes.join(', ')}` }
  const style = type === 's3' && k.on('pathStyle') ? { use_path_style: 'true' } : {}
  const insecure = type === 's3' && k.on('cacheTlsInsecure') ? { tls_insecure_skip_verify: 'true' } : {}
  return { kind: 'spec', spec: { type, attributes: { ...style, ...insecure, ...rest } } }
}

/** What is not set is left out, and the placeholder with it. */
function credentials(named: Readonly<Record<string, TextSetting>>, k: Knobs): Readonly<Record<string, Text>> {
  const found: Record<string, Text> = {}
  for (const [attribute, key] of Object.entries(named)) {
    const value = k.text(key)
    if (value?.kind === 'known') found[attribute] = value.value
  }
  return found
}

function shown(text: Text): string {
  return showText(text).slice(0, 80)
}
