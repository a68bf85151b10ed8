/** Debian's docker-registry as a server for one test file: storage in a temp folder, a free port, optional user and password. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type RealProcess, startProcess } from '../../support/real-process.ts'

export interface DockerRegistryOptions {
  /** Lines of an htpasswd file (bcrypt only); without it everybody may push. */
  readonly htpasswd?: string
}

export interface DockerRegistry {
  /** `127.0.0.1:PORT`, plain HTTP. */
  readonly host: string
  readonly process: RealProcess
  stop(): Promise<void>
}

export async function startDockerRegistry(program: string, o: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-registry-'))
  const host = `127.0.0.1:${await freePort()}`
  if (o.htpasswd !== undefined) writeFileSync(join(dir, 'htpasswd'), o.htpasswd)
  const auth = o.htpasswd === undefined ? {} : { auth: { htpasswd: { realm: 'slipway', path: join(dir, 'htpasswd') } } }
  const config = {
    version: 0.1,
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: join(dir, 'data') }, delete: { enabled: true } },
    http: { addr: host },
    ...auth,
  }
  // JSON is YAML.
  writeFileSync(join(dir, 'config.yml'), JSON.stringify(config))
  const ready = async (): Promise<boolean> => [200, 401].includes((await fetch(`http://${host}/v2/`)).status)
  const running = await startProcess({ program, args: ['serve', join(dir, 'config.yml')], ready })
  const stop = async (): Promise<void> => {
    await running.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  return { host, process: running, stop }
}
