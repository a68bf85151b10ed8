/** CodeCommit takes AWS keys over https: the password is the time and a signature (Version 4) of the request for the repository's path. */
import { createHash, createHmac } from 'node:crypto'

export interface AwsKeys {
  readonly accessKey: string
  readonly secretKey: string
}

export function codecommitPassword(url: URL, secretKey: string, now: number): string {
  const time = new Date(now)
    .toISOString()
    .replaceAll(/[-:]|\.\d+Z$/g, '')
    .slice(0, 15)
  const day = time.slice(0, 8)
  const scope = `${day}/${regionOf(url.hostname)}/codecommit/aws4_request`
  const canonical = `GIT\n${url.pathname}\n\nhost:${url.hostname}\n\nhost\n`
  const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const key = scope.split('/').reduce<string | Buffer>((from, part) => createHmac('sha256', from).update(part).digest(), `AWS4${secretKey}`)
  return `${time}Z${createHmac('sha256', key).update(text).digest('hex')}`
}

/** `git-codecommit.eu-central-1.amazonaws.com`. */
function regionOf(host: string): string {
  return /^git-codecommit(?:-fips)?\.([a-z0-9-]+)\./.exec(host)?.[1] ?? 'us-east-1'
}
