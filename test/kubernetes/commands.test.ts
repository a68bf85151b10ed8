/** Commands about a cluster against a real one, and images of a registry that wants a login. */
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RealRegistry, startRegistry } from '../real/registry/start-registry.ts'
import { configText, dockerConnector } from '../support/image-pipeline.ts'
import { kubeconfig, strangersToken } from '../support/kubernetes/cluster-script.ts'
import { real } from '../support/real.ts'
import { needs } from '../support/skip.ts'
import { type Ran, slipwayHere } from '../support/slipway-here.ts'
import { type TempProject, tempProject } from '../support/temp-project.ts'
import { clusterNeeds, type KubernetesWorld, kubernetesWorld } from './world.ts'

const registry = real('docker-registry', { apt: 'docker-registry' })
const own = needs(
  process.env['KUBECONFIG'] === undefined,
  'a cluster that is not ours has no stranger, and its nodes do not see the registries of this machine',
)
/** `s:cret` */
const htpasswd = 'ann:$2y$05$C8nGIYR4NNPcZ.lySIZaMe7QFoX35/wTyvvnTofYkx.E8Ulhv7vXy\n'

describe('a real cluster', { ...clusterNeeds, ...own }, () => {
  let world: KubernetesWorld
  let images: RealRegistry
  let project: TempProject

  beforeAll(async () => {
    world = await kubernetesWorld()
    images = await startRegistry(registry.path, { htpasswd })
    project = tempProject({
      Dockerfile: 'FROM scratch\nCOPY . /\n',
      'same.Dockerfile': 'FROM scratch\nENV GREETING=hello\nCOPY greeting /\n',
      '.slipway/config.yaml': configText({ hub: dockerConnector(`http://${images.host}`, 'ann') }),
      // What pushes here: nodes are not told logins of this machine.
      '.docker/config.json': JSON.stringify({ auths: { [images.host]: { auth: Buffer.from('ann:s:cret').toString('base64') } } }),
      'p.yaml': pipeline(`${images.host}/acme/tool:1`),
    })
    const pushed = await slipway({}, 'build', '--push', '-t', `${images.host}/acme/tool:1`, '-f', project.path('Dockerfile'), rootOf(world))
    if (pushed.code !== 0) throw new Error(pushed.out + pushed.err)
  })
  afterAll(async () => {
    await images?.stop()
    await world?.close()
  })

  function slipway(env: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Ran> {
    const usual = { HOME: project.dir, PATH: process.env['PATH'] ?? '', SLIPWAY_HOME: project.path('home'), SLIPWAY_SECRET_PW_ANN: 's:cret' }
    return slipwayHere(project.dir, { ...usual, KUBECONFIG: world.kubeconfig, ...env }, ...argv)
  }
  const inCluster = async (path: string): Promise<readonly { metadata: { name: string } }[]> =>
    ((await world.own?.kubectl('GET', `/api/v1/namespaces/default/${path}`)) as { items: { metadata: { name: string } }[] } | undefined)?.items ?? []

  it('lets its administrator do all that runs need, and a stranger nothing', async () => {
    const all = await slipway({}, 'doctor', '--kubernetes')
    process.stdout.write(all.out)
    expect([all.code, all.out]).toEqual([
      0,
      expect.stringMatching(/Kubernetes v\d[\s\S]*quota: none\npod security: privileged\nimage steps are built by Slipway/),
    ])
    expect(all.out).not.toMatch(/✖|^ {2}- /m)
    const server = /https:\/\/127\.0\.0\.1:\d+/.exec(all.out)?.[0] ?? ''
    project.write({ stranger: kubeconfig(server, strangersToken) })
    const none = await slipway({ KUBECONFIG: project.path('stranger') }, 'doctor', '--kubernetes')
    expect([none.code, none.out]).toEqual([1, expect.stringMatching(/✖ create pods[\s\S]*quota: may not be looked at\npod security: may not be looked at/)])
    expect(await slipway({ KUBECONFIG: project.path('stranger') }, 'k8s', 'prune')).toMatchObject({ code: 1, err: expect.stringContaining('list pods') })
  })

  it('is rid of a pod that was left behind', async () => {
    const labels = { 'app.kubernetes.io/managed-by': 'slipway', 'slipway.dev/home': 'another', 'slipway.dev/owner': '999999999.1' }
    const containers = [{ name: 'a', image: 'busybox:1.37', command: ['sleep', '1000'] }]
    const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'left', labels }, spec: { containers } }
    await world.own?.kubectl('POST', '/api/v1/namespaces/default/pods', manifest)
    expect(await slipway({}, 'k8s', 'prune')).toMatchObject({ code: 0, out: 'nothing was left behind\n' })
    expect(await slipway({}, 'k8s', 'prune', '--older-than', '1h')).toMatchObject({ code: 0, out: 'nothing was left behind\n' })
    await new Promise((resolve) => setTimeout(resolve, 2100))
    expect(await slipway({}, 'k8s', 'prune', '--older-than', '1s', '--dry-run')).toMatchObject({ code: 0, out: 'would remove pod left\n' })
    expect(await slipway({}, 'k8s', 'prune', '--older-than', '1s')).toMatchObject({ code: 0, out: 'removed pod left\n' })
    expect(await inCluster('pods')).toEqual([])
  })

  it('has a private image fetched by its node with the login of the connector, and keeps nothing of it', async () => {
    const ran = await slipway({}, 'run', 'p.yaml', '--on', 'kubernetes')
    expect([ran.code, ran.out]).toEqual([0, expect.stringContaining('from the private image')])
    expect(await inCluster('pods')).toEqual([])
    const secrets = (await inCluster('secrets')).map(({ metadata }) => metadata.name)
    expect(secrets.filter((name) => name.startsWith('slipway-'))).toEqual([])
  })

  it('says in the words of the node that the login is wrong', async () => {
    project.write({ 'q.yaml': pipeline(`${images.host}/acme/tool:2`) })
    const pushed = await slipway({}, 'copy', `${images.host}/acme/tool:1`, `${images.host}/acme/tool:2`)
    if (pushed.code !== 0) throw new Error(pushed.out + pushed.err)
    const ran = await slipway({ SLIPWAY_SECRET_PW_ANN: 'wrong' }, 'run', 'q.yaml', '--on', 'kubernetes')
    process.stdout.write(ran.err)
    expect([ran.code, ran.out + ran.err]).toEqual([
      1,
      expect.stringMatching(/the node cannot get the image 127\.0\.0\.1:\d+\/acme\/tool:2 \(by connector hub\): .*(401|authorization failed|unauthorized)/s),
    ])
    expect(await inCluster('pods')).toEqual([])
  })

  it('T-06, LB-03 makes the same image and archive of a step as this machine does', async () => {
    const places = ['kubernetes', 'local']
    for (const on of places) {
      project.write({ [`${on}.yaml`]: imageStep(on), greeting: 'hello' })
      const ran = await slipway({}, 'run', `${on}.yaml`, '--on', on)
      expect([ran.code, ran.code === 0 ? '' : ran.out + ran.err]).toEqual([0, ''])
    }
    const images = await Promise.all(places.map(imageOf))
    expect(images[0]).toEqual(images[1])
    expect(images[0]).toMatchObject({ config: { Env: expect.arrayContaining(['GREETING=hello']), Labels: { team: 'web' } } })
  })

  function imageStep(on: string): string {
    const spec = {
      connectorRef: 'hub',
      repo: `${images.host}/acme/same`,
      tags: [on],
      dockerfile: 'same.Dockerfile',
      labels: { team: 'web' },
      envVariables: { PLUGIN_TAR_PATH: 'same.tar' },
    }
    const look = {
      identifier: 'look',
      name: 'look',
      type: 'Run',
      spec: { connectorRef: 'hub', image: `${images.host}/acme/tool:1`, shell: 'Sh', command: 'test -s same.tar' },
    }
    const build = { identifier: 'build', name: 'build', type: 'BuildAndPushDockerRegistry', spec }
    const steps = on === 'kubernetes' ? [{ step: build }, { step: look }] : [{ step: build }]
    const stage = { identifier: 's', name: 's', type: 'CI', spec: { cloneCodebase: true, execution: { steps } } }
    return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage }] } })
  }

  /** Its configuration without times, with the digests of its layers before compression. */
  async function imageOf(tag: string): Promise<unknown> {
    const { out } = await slipway({}, 'inspect', `${images.host}/acme/same:${tag}`, '--json')
    const described = JSON.parse(out) as { readonly config: { readonly created: string; readonly history: readonly { readonly created_by: string }[] } }
    const { created: _, history, ...config } = described.config
    return { ...config, history: history.map(({ created_by }) => created_by) }
  }
})

/** The files of its busybox. */
function rootOf({ own: cluster }: KubernetesWorld): string {
  return join(cluster?.folder ?? '', 'busybox-root')
}

function pipeline(image: string): string {
  const spec = { connectorRef: 'hub', image, shell: 'Sh', command: 'echo "from the private image"' }
  const step = { identifier: 'one', name: 'one', type: 'Run', spec }
  const stage = { identifier: 's', name: 's', type: 'CI', spec: { cloneCodebase: false, execution: { steps: [{ step }] } } }
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage }] } })
}
