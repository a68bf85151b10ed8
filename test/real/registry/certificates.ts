/** A certificate authority of one test file, made by openssl: server and client certificates, and a key pair to sign tokens with. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Pair {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

export interface Authority extends Pair {
  /** Signed by the authority; for 127.0.0.1, localhost and further hosts. */
  issue(name: string, hosts?: readonly string[]): Pair
  remove(): void
}

export function makeAuthority(openssl: string, name = 'slipway test authority'): Authority {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-ca-'))
  const run = (...args: readonly string[]): void => void execFileSync(openssl, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: dir })
  const curve = ['-newkey', 'rsa:2048', '-nodes', '-days', '2']
  const pair = (base: string): Pair => {
    const [certFile, keyFile] = [join(dir, `${base}.pem`), join(dir, `${base}.key`)]
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  }
  run('req', '-x509', ...curve, '-subj', `/CN=${name}`, '-keyout', 'ca.key', '-out', 'ca.pem')
  return {
    ...pair('ca'),
    issue(leaf, hosts = []) {
      const names = ['DNS:localhost', 'IP:127.0.0.1', ...hosts.map((host) => `DNS:${host}`)]
      writeFileSync(join(dir, `${leaf}.ext`), `subjectAltName=${names.join(',')}\n`)
      run('req', ...curve, '-subj', `/CN=${leaf}`, '-keyout', `${leaf}.key`, '-out', `${leaf}.csr`)
      run(
        'x509',
        '-req',
        '-in',
        `${leaf}.csr`,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-days',
        '2',
        '-extfile',
        `${leaf}.ext`,
        '-out',
        `${leaf}.pem`,
      )
      return pair(leaf)
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
