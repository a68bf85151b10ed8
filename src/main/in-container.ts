/** Whether this program runs in a container, which may be thrown away: only there may a RUN have nothing but a folder of its own. */
import { existsSync } from 'node:fs'

const marks = ['/.dockerenv', '/run/.containerenv', '/var/run/secrets/kubernetes.io']

export function inContainer(env: Readonly<Record<string, string | undefined>>): boolean {
  return env['KUBERNETES_SERVICE_HOST'] !== undefined || env['container'] !== undefined || marks.some((path) => existsSync(path))
}
