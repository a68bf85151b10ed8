/** The metadata service of an AWS instance, version 2: a session token first, then the role's keys. */
import { type Asked, type Reply, startStandIn } from './stand-in.ts'

export interface Instance {
  readonly url: string
  readonly calls: string[]
  stop(): Promise<void>
}

const roles = '/latest/meta-data/iam/security-credentials/'

export async function startInstance(keys: { readonly id: string; readonly secret: string; readonly token: string }): Promise<Instance> {
  const calls: string[] = []
  const text = (body: string): Reply => ({ status: 200, headers: { 'content-type': 'text/plain' }, body })
  const { url, stop } = await startStandIn((asked: Asked) => {
    const { pathname } = asked.url
    calls.push(`${asked.method} ${pathname}`)
    if (asked.method === 'PUT' && pathname === '/latest/api/token')
      return asked.headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined ? { status: 400, body: '' } : text('imds-session')
    // Version 1 is switched off here, as it should be.
    if (asked.headers['x-aws-ec2-metadata-token'] !== 'imds-session') return { status: 401, body: '' }
    if (pathname === roles) return text('instance-role')
    if (pathname !== `${roles}instance-role`) return { status: 404, body: '' }
    const [now, end] = [new Date().toISOString(), new Date(Date.now() + 6 * 3_600_000).toISOString()]
    const found = {
      Code: 'Success',
      Type: 'AWS-HMAC',
      AccessKeyId: keys.id,
      SecretAccessKey: keys.secret,
      Token: keys.token,
      LastUpdated: now,
      Expiration: end,
    }
    return { status: 200, body: found }
  })
  return { url, calls, stop }
}
