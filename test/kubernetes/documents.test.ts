/** Pipelines of the documents for Kubernetes: Slipway in a pod without privileges, its stages as pods, images built on rung 6 (GP-01, GP-03, GP-05). */
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOptions, documents } from '../real/golden/documents.ts'
import { needs } from '../support/skip.ts'
import type { Ran } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'
import { lacking, type RunnerImage, runnerImage } from './runner-image.ts'
import { clusterNeeds, type KubernetesWorld, kubernetesWorld } from './world.ts'

/** Rung 6 needs the rest of what containers have. */
const dropped = ['NET_RAW', 'NET_BIND_SERVICE', 'AUDIT_WRITE', 'SETPCAP']
const securityContext = { seccompProfile: { type: 'RuntimeDefault' }, privileged: false, allowPrivilegeEscalation: false, capabilities: { drop: dropped } }

const own = needs(process.env['KUBECONFIG'] === undefined, 'pods of a cluster that is not ours do not see the registries of this machine')
const root6 = needs(lacking === undefined, lacking ?? '')

describe('Slipway in a pod without privileges', { ...documentOptions, ...clusterNeeds, ...own, ...root6, timeout: 300_000 }, () => {
  let world: KubernetesWorld
  let image: RunnerImage
  let pods = 0

  beforeAll(async () => {
    if (lacking !== undefined) return
    world = await kubernetesWorld()
    image = await runnerImage(world.dir)
    process.stdout.write(`securityContext of the runner: ${JSON.stringify(securityContext)}\n`)
  })
  afterAll(async () => {
    await image?.stop()
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
            image: image.reference,
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
