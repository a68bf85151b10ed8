/** Which versions were compared: as the programs themselves say. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Choice } from './choice.ts'

export function peerVersions({ tools, work }: Choice, env: NodeJS.ProcessEnv): readonly string[] {
  const docker = `unix://${join(work, 'docker.sock')}`
  const asked: Readonly<Record<string, readonly (readonly string[])[]>> = {
    buildx: [
      ['docker', '-H', docker, 'version', '--format', 'Docker Engine {{.Server.Version}}'],
      ['docker', 'buildx', 'version'],
    ],
    buildah: [['buildah', '--version']],
  }
  const commands = tools.flatMap((tool) => asked[tool] ?? [])
  return commands.map(([program = '', ...args]) =>
    (spawnSync(program, args, { env, encoding: 'utf8' }).stdout ?? '').trim().replace(/^github\.com\/docker\/(\S+) (\S+).*/, '$1 $2'),
  )
}
