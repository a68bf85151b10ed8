/** The engine buildx for stages on a real cluster: from what steps made in the pod, by a BuildKit that is reached over the network. */
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildkitOf } from '../real/buildx/buildkit-of.ts'
import { type DockerClient, dockerClient } from '../real/buildx/docker-client.ts'
import { type RealRegistry, startRegistry } from '../real/registry/start-registry.ts'
import { type ChrootedDocker, dockerRoot, startChrootedDocker } from '../real/support/chrooted-docker.ts'
import { configText, dockerConnector } from '../support/image-pipeline.ts'
import { real } from '../support/real.ts'
import { needs } from '../support/skip.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'
import { clusterNeeds, type KubernetesWorld, kubernetesWorld } from './world.ts'

const root = dockerRoot()
const registry = real('docker-registry', { apt: 'docker-registry' })
const tools = needs(root.missing === undefined && registry.missing === undefined, root.missing ?? registry.missing ?? '')

describe('the engine buildx for a stage on Kubernetes', { ...clusterNeeds, ...tools, timeout: 240_000 }, () => {
  let world: KubernetesWorld
  let docker: ChrootedDocker
  let client: DockerClient
  let buildkit: Server
  let images: RealRegistry
  beforeAll(async () => {
    world = await kubernetesWorld()
    docker = await startChrootedDocker(root.folder ?? '', { containerd: true })
    client = dockerClient(root.folder ?? '', join(docker.shared, 'client'), join(docker.shared, 'docker.sock'))
    buildkit = await buildkitOf(join(docker.shared, 'docker.sock'))
    images = await startRegistry(registry.path)
  })
  afterAll(async () => {
    await images?.stop()
    buildkit?.close()
    await docker?.stop()
    await world?.close()
  })

  it('builds several images at once with a remote BuildKit, and a step in the pod goes on with their digests', async () => {
    const connectors = {
      cluster: { type: 'K8sCluster', spec: { credential: { type: 'InheritFromDelegate' } } },
      images: dockerConnector('https://images.example'),
    }
    const remote = `tcp://127.0.0.1:${(buildkit.address() as AddressInfo).port}`
    const image = (identifier: string): object => ({
      step: {
        identifier,
        name: identifier,
        type: 'BuildAndPushDockerRegistry',
        spec: {
          connectorRef: 'images',
          repo: `images.example/${identifier}`,
          tags: ['1'],
          buildArgs: { WHICH: identifier },
          envVariables: { PLUGIN_BUILDER_REMOTE_CONN: remote },
        },
      },
    })
    const digests = ['one', 'two'].map((name) => `${name}=<+steps.${name}.output.outputVariables.digest>`).join(' ')
    const { dir } = tempProject({
      'p.yaml': pipeline([run('make', 'echo "made in $(hostname)" > made.txt'), { parallel: [image('one'), image('two')] }, run('use', `echo "${digests}"`)]),
      '.slipway/config.yaml': configText(connectors, [{ match: 'images.example', endpoint: `http://${images.host}` }]),
      Dockerfile: 'FROM scratch\nARG WHICH\nLABEL which=$WHICH\nCOPY made.txt /\n',
    })
    const env = { ...client.env, KUBECONFIG: world.kubeconfig, SLIPWAY_KUBERNETES_IMAGE: 'slipway.test/helper:1' }
    const { code, out, err } = await slipwayHere(dir, env, 'run', 'p.yaml', '--engine', 'buildx', '--output', 'plain')
    expect(code, out + err).toBe(0)
    expect(out).toMatch(/builder slipway-\w+, driver remote/)
    const used = new Map([...out.matchAll(/(one|two)=(sha256:\w+)/g)].map(([, name, digest]) => [name, digest]))
    expect([...used.keys()].toSorted()).toEqual(['one', 'two'])
    expect(used.get('one')).not.toBe(used.get('two'))
    for (const [name, digest] of used) {
      const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'
      const answer = await fetch(`http://${images.host}/v2/${name}/manifests/1`, { method: 'HEAD', headers: { accept } })
      expect(answer.headers.get('docker-content-digest')).toBe(digest)
    }
    const list = (await world.own?.kubectl('GET', '/api/v1/namespaces/default/pods')) as { readonly items: readonly unknown[] } | undefined
    expect(list?.items ?? []).toEqual([])
    process.stdout.write(`buildx ${docker.version}, two images at once for a stage on Kubernetes: ${JSON.stringify(Object.fromEntries(used))}\n`)
  })
})

const run = (identifier: string, command: string): object => ({
  step: { identifier, name: identifier, type: 'Run', spec: { shell: 'Sh', image: 'busybox:1.37', command } },
})

function pipeline(steps: readonly object[]): string {
  const infrastructure = { type: 'KubernetesDirect', spec: { connectorRef: 'cluster', namespace: 'default', os: 'Linux' } }
  const spec = { cloneCodebase: true, caching: { enabled: false }, infrastructure, execution: { steps } }
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage: { identifier: 'build', name: 'build', type: 'CI', spec } }] } })
}
