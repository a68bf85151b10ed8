/** A Docker daemon of its own for one test file: own socket, own storage, no network set-up, nothing shared with one that may be running. */
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess } from '../../support/real-process.ts'
import { diesWithUs } from '../support/dies-with-us.ts'

export interface DockerDaemon {
  /** `unix://PATH`. */
  readonly host: string
  stop(): Promise<void>
}

/** `listen`: further arguments, such as an address of its own with TLS. */
export async function startDockerDaemon(program: string, listen: readonly string[] = []): Promise<DockerDaemon> {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-dockerd-'))
  const socket = join(dir, 'docker.sock')
  const places = ['--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec'), '--pidfile', join(dir, 'pid')]
  const quiet = ['--bridge=none', '--iptables=false', '--ip-forward=false', '--storage-driver=vfs', '--log-level=error']
  const running = await startProcess({
    ...diesWithUs(program, ['-H', `unix://${socket}`, ...listen, ...places, ...quiet]),
    ready: () => answers(socket),
    readyWithinMs: 40_000,
  })
  const stop = async (): Promise<void> => {
    await running.stop()
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
  return { host: `unix://${socket}`, stop }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping' }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.on('error', () => resolve(false))
    asked.end()
  })
}
