/** What a daemon holds and what folders hold, to be compared before and after. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { mustRun } from '../support/run-program.ts'

export interface Leftovers {
  readonly images: readonly string[]
  readonly containers: readonly string[]
  readonly volumes: readonly string[]
  readonly networks: readonly string[]
  readonly builders: readonly string[]
  readonly files: readonly string[]
}

export async function leftovers(env: Readonly<Record<string, string>>, home: string, config: string): Promise<Leftovers> {
  const docker = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await mustRun(join(env['PATH']?.split(':')[0] ?? '', 'docker'), args, { env })).trim().split('\n').sort()
  return {
    images: await docker('image', 'ls', '--all', '--quiet'),
    containers: await docker('container', 'ls', '--all', '--quiet'),
    volumes: await docker('volume', 'ls', '--quiet'),
    networks: await docker('network', 'ls', '--quiet'),
    builders: await docker('buildx', 'ls', '--format', '{{.Name}}'),
    files: [join(home, 'buildx'), config, join(config, 'buildx', 'instances')]
      .flatMap((folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []))
      .filter((name) => !/\/\.docker\/buildx$/.test(name)),
  }
}
