/** The door for what token services answer and for Google's key files. Unknown members pass. */
import * as v from 'valibot'

const text = v.pipe(v.string(), v.nonEmpty())
/** Some services write numbers as text. */
const seconds = v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))])

const token = v.object({ access_token: text, expires_in: v.nullish(seconds) })
const refresh = v.object({ refresh_token: text })
const impersonated = v.object({ accessToken: text, expireTime: v.nullish(v.string()) })
/** RFC 6749, 5.2. */
const oauthError = v.object({ error: v.string(), error_description: v.nullish(v.string(), '') })
const googleError = v.object({ error: v.object({ message: v.nullish(v.string(), ''), status: v.nullish(v.string(), '') }) })

const keyFile = v.variant('type', [
  v.object({
    type: v.literal('service_account'),
    client_email: text,
    private_key: text,
    private_key_id: v.nullish(v.string()),
    token_uri: v.nullish(v.string(), 'https://oauth2.googleapis.com/token'),
  }),
  v.object({
    type: v.literal('external_account'),
    audience: text,
    subject_token_type: v.nullish(v.string(), 'urn:ietf:params:oauth:token-type:jwt'),
    token_url: v.nullish(v.string(), 'https://sts.googleapis.com/v1/token'),
    service_account_impersonation_url: v.nullish(v.string()),
    credential_source: v.object({
      file: text,
      format: v.nullish(v.object({ type: v.nullish(v.string(), 'text'), subject_token_field_name: v.nullish(v.string()) })),
    }),
  }),
  v.object({ type: v.literal('authorized_user'), client_id: text, client_secret: text, refresh_token: text }),
])

export type GoogleKeyFile = v.InferOutput<typeof keyFile>

export interface AccessToken {
  readonly token: string
  readonly seconds: number
}

export function readAccessToken(body: string): AccessToken | undefined {
  const answer = v.safeParse(token, json(body))
  return answer.success ? { token: answer.output.access_token, seconds: answer.output.expires_in ?? 300 } : undefined
}

export function readRefreshToken(body: string): string | undefined {
  const answer = v.safeParse(refresh, json(body))
  return answer.success ? answer.output.refresh_token : undefined
}

export function readImpersonated(body: string): { readonly token: string; readonly until: number | undefined } | undefined {
  const answer = v.safeParse(impersonated, json(body))
  if (!answer.success) return undefined
  const until = Date.parse(answer.output.expireTime ?? '')
  return { token: answer.output.accessToken, until: Number.isNaN(until) ? undefined : until }
}

export interface ServiceFault {
  /** `invalid_grant`, `PERMISSION_DENIED`; empty when it names none. */
  readonly code: string
  readonly reason: string
}

export function readFault(body: string): ServiceFault {
  const value = json(body)
  const plain = v.safeParse(oauthError, value)
  if (plain.success) return { code: plain.output.error, reason: firstLine(plain.output.error_description ?? '') || plain.output.error }
  const google = v.safeParse(googleError, value)
  if (google.success)
    return { code: google.output.error.status ?? '', reason: firstLine(google.output.error.message ?? '') || (google.output.error.status ?? '') }
  return { code: '', reason: /^\s*</.test(body) ? '' : firstLine(body) }
}

/** The reason never quotes the text: it holds a key. */
export function readKeyFile(content: string): { readonly ok: true; readonly value: GoogleKeyFile } | { readonly ok: false; readonly reason: string } {
  const value = json(content)
  if (value === undefined) return { ok: false, reason: 'it is not JSON' }
  const answer = v.safeParse(keyFile, value)
  if (answer.success) return { ok: true, value: answer.output }
  return { ok: false, reason: `"${v.getDotPath(answer.issues[0]) ?? 'type'}" is missing or not what such a file holds` }
}

function firstLine(text: string): string {
  return (text.trim().split(/\r?\n/)[0] ?? '').slice(0, 400)
}

export function json(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
