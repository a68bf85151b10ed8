/** AWS Signature Version 4, from the side of the service: computed anew from the request and compared. */
import { createHash, createHmac } from 'node:crypto'
import type { Asked } from './stand-in.ts'

export interface Key {
  readonly secret: string
  /** Session keys only work together with their token. */
  readonly sessionToken?: string
  readonly expired?: boolean
}

export type Verdict =
  | { readonly ok: true; readonly keyId: string; readonly region: string; readonly service: string }
  | { readonly ok: false; readonly code: string; readonly message: string }

const shape = /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/

/** Error names as ECR has them; STS calls two of them otherwise. */
export function judgeSignature(asked: Asked, keys: Readonly<Record<string, Key>>, now: number): Verdict {
  const [, keyId = '', day = '', region = '', service = '', signed = '', signature = ''] = shape.exec(asked.headers.authorization ?? '') ?? []
  if (keyId === '') return no('MissingAuthenticationToken', 'Missing Authentication Token')
  const key = keys[keyId]
  if (key === undefined || key.sessionToken !== header(asked, 'x-amz-security-token'))
    return no('UnrecognizedClientException', 'The security token included in the request is invalid.')
  if (key.expired === true) return no('ExpiredTokenException', 'The security token included in the request is expired')
  const date = header(asked, 'x-amz-date') ?? ''
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (Math.abs(now - time) > 5 * 60_000) return no('InvalidSignatureException', `Signature expired: ${date} is now earlier than the server's time (5 min.)`)
  const names = signed.split(';')
  const unsigned = ['host', 'x-amz-date'].find((name) => !names.includes(name))
  if (!date.startsWith(day) || unsigned !== undefined) return no('IncompleteSignatureException', `the signature lacks ${unsigned ?? 'the day'}`)
  const hash = createHash('sha256').update(asked.bytes).digest('hex')
  const query = [...asked.url.searchParams].map((pair) => pair.map(encodeURIComponent).join('=')).toSorted()
  const canonical = [
    asked.method,
    asked.url.pathname,
    query.join('&'),
    ...names.map((name) => `${name}:${header(asked, name)?.trim() ?? ''}`),
    '',
    signed,
    hash,
  ]
  const scope = `${day}/${region}/${service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical.join('\n')).digest('hex')].join('\n')
  const signing = [day, region, service, 'aws4_request'].reduce<Buffer | string>(
    (by, what) => createHmac('sha256', by).update(what).digest(),
    `AWS4${key.secret}`,
  )
  if (createHmac('sha256', signing).update(text).digest('hex') !== signature)
    return no('InvalidSignatureException', 'The request signature we calculated does not match the signature you provided.')
  return { ok: true, keyId, region, service }
}

function header(asked: Asked, name: string): string | undefined {
  const value = asked.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

function no(code: string, message: string): Verdict {
  return { ok: false, code, message }
}
