/** Debian's docker-registry with any configuration: TLS, client certificates, htpasswd, token auth. Deleting is on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startProcess } from '../../support/real-process.ts'
import type { Pair } from './certificates.ts'

export interface RealRegistryOptions {
  /** Lines of an htpasswd file, bcrypt only. */
  readonly htpasswd?: string
  readonly tls?: Pair
  /** PEM file of the authority that clients' certificates come from. */
  readonly clientAuthority?: string
  readonly token?: { readonly realm: string; readonly service: string; readonly issuer: string; readonly rootcertbundle: string }
  readonly readOnly?: boolean
}

export interface RealRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  /** Where it keeps what was pushed. */
  readonly data: string
  output(): string
  stop(): Promise<void>
}

export async function startRegistry(program: string, o: RealRegistryOptions = {}): Promise<RealRegistry> {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-registry-'))
  const port = await freePort()
  const passwords = join(dir, 'htpasswd')
  if (o.htpasswd !== undefined) writeFileSync(passwords, o.htpasswd)
  const tls =
    o.tls === undefined
      ? undefined
      : { certificate: o.tls.certFile, key: o.tls.keyFile, ...(o.clientAuthority !== undefined && { clientcas: [o.clientAuthority] }) }
  const auth = o.token !== undefined ? { token: o.token } : o.htpasswd !== undefined ? { htpasswd: { realm: 'slipway', path: passwords } } : undefined
  const config = {
    version: 0.1,
    log: { level: 'warn' },
    storage: {
      filesystem: { rootdirectory: join(dir, 'data') },
      delete: { enabled: true },
      ...(o.readOnly === true && { maintenance: { readonly: { enabled: true } } }),
    },
    http: { addr: `127.0.0.1:${port}`, ...(tls !== undefined && { tls }) },
    ...(auth !== undefined && { auth }),
  }
  // JSON is YAML.
  writeFileSync(join(dir, 'config.yml'), JSON.stringify(config))
  const running = await startProcess({ program, args: ['serve', join(dir, 'config.yml')], ready: () => listens(port) })
  return {
    host: `127.0.0.1:${port}`,
    data: join(dir, 'data'),
    output: running.output,
    stop: async () => {
      await running.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
