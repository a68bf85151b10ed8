/** What object stores say no with: XML of S3 and Azure, JSON of Google. */
import { readFault } from '../../registry-auth/cloud/schema.ts'
import { elementText } from './xml-text.ts'

export interface StoreFault {
  readonly kind: 'expired' | 'clock' | 'credentials' | 'passing' | 'other'
  /** `NoSuchBucket`; empty when there is none. */
  readonly code: string
  readonly message: string
}

const kinds: Readonly<Record<string, StoreFault['kind']>> = {
  ExpiredToken: 'expired',
  TokenRefreshRequired: 'expired',
  RequestTimeTooSkewed: 'clock',
  InvalidAccessKeyId: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  InvalidToken: 'credentials',
  AuthenticationFailed: 'credentials',
  InvalidAuthenticationInfo: 'credentials',
  NoAuthenticationInformation: 'credentials',
  SlowDown: 'passing',
  RequestTimeout: 'passing',
  OperationAborted: 'passing',
  ConditionalRequestConflict: 'passing',
  InternalError: 'passing',
  ServerBusy: 'passing',
  // S3 and Azure compare what came with what was announced: it was damaged on the way.
  BadDigest: 'passing',
  Md5Mismatch: 'passing',
  XAmzContentSHA256Mismatch: 'passing',
}

export function storeFault(text: string, named?: string): StoreFault {
  if (text.trimStart().startsWith('<')) {
    const code = elementText(text, 'Code') ?? named ?? ''
    return made(code, elementText(text, 'Message') ?? '')
  }
  const { code, reason } = readFault(text)
  return made(named ?? code, reason)
}

function made(code: string, message: string): StoreFault {
  return { kind: kinds[code] ?? 'other', code, message: (message.split('\n')[0] ?? '').trim().slice(0, 300) }
}
