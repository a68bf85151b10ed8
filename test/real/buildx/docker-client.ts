/** Docker's client and its plugin out of the Debian root, for programs of this machine: they find `docker` on PATH and see its files as they are. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

export interface DockerClient {
  /** The whole environment of a program that is to find it. */
  readonly env: Readonly<Record<string, string>>
  /** The configuration of its person. */
  readonly config: string
}

export function dockerClient(root: string, folder: string, socket: string): DockerClient {
  const [bin, home] = [join(folder, 'bin'), join(folder, 'home')]
  const config = join(home, '.docker')
  for (const made of [bin, join(config, 'cli-plugins')]) mkdirSync(made, { recursive: true })
  starter(root, '/usr/bin/docker', join(bin, 'docker'))
  starter(root, '/usr/libexec/docker/cli-plugins/docker-buildx', join(config, 'cli-plugins', 'docker-buildx'))
  return { config, env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: home, DOCKER_HOST: `unix://${socket}` } }
}

/** By the root's own loader and libraries: this machine's may be older. */
function starter(root: string, program: string, file: string): void {
  const loader = readdirSync(join(root, 'lib64')).find((name) => name.startsWith('ld-linux')) ?? 'ld-linux-x86-64.so.2'
  const libraries = readdirSync(join(root, 'usr/lib'))
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(root, 'usr/lib', name))
  writeFileSync(file, `#!/bin/sh\nexec ${join(root, 'lib64', loader)} --library-path ${libraries.join(':')} ${join(root, program)} "$@"\n`)
  chmodSync(file, 0o755)
}
