/** The same as a pipeline: an image step that builds into an archive, then one push of the archive for each registry, side by side. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface FlowProject {
  readonly folder: string
  readonly pipeline: string
  readonly archive: string
}

export const repository = 'bench/flow'
export const tag = '1'

/** `registries`: host and port of each. */
export function writeProject(folder: string, o: { readonly context: string; readonly registries: readonly string[] }): FlowProject {
  const archive = join(folder, 'image.tar')
  mkdirSync(join(folder, '.slipway'), { recursive: true })
  const named = o.registries.map((host, i) => ({ name: `registry${i}`, alias: `registry${i}.test`, host }))
  // JSON is YAML.
  const config = { hosts: named.map(({ alias, host }) => ({ match: alias, endpoint: `http://${host}` })), connectors: named.map(connector) }
  writeFileSync(join(folder, '.slipway', 'config.yaml'), JSON.stringify(config))
  const [first] = named
  const build = imageStep('build', first?.name, `${first?.alias}/${repository}`, { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: archive }, o.context)
  const pushes = named.map(({ name, alias }) =>
    imageStep(`push_${name}`, name, `${alias}/${repository}`, { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: archive }),
  )
  const spec = { platform: { os: 'Linux', arch: 'Amd64' }, execution: { steps: [build, { parallel: pushes }] } }
  const pipeline = { identifier: 'flow', name: 'flow', stages: [{ stage: { identifier: 'ship', name: 'ship', type: 'CI', spec } }] }
  writeFileSync(join(folder, 'pipeline.yaml'), JSON.stringify({ pipeline }))
  return { folder, pipeline: join(folder, 'pipeline.yaml'), archive }
}

function connector({ name, alias }: { readonly name: string; readonly alias: string }): object {
  const spec = { dockerRegistryUrl: `https://${alias}`, providerType: 'Other', auth: { type: 'Anonymous' } }
  return { connector: { identifier: name, name, type: 'DockerRegistry', spec } }
}

function imageStep(identifier: string, connectorRef: string | undefined, repo: string, variables: object, context?: string): object {
  const place = context === undefined ? {} : { context, dockerfile: join(context, 'Dockerfile') }
  const spec = { connectorRef, repo, tags: [tag], ...place, envVariables: variables }
  return { step: { identifier, name: identifier, type: 'BuildAndPushDockerRegistry', spec } }
}
