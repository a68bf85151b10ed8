/** `slipway k8s prune` and `slipway doctor --kubernetes`, against a scripted cluster. */
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { homeId } from '../../src/adapters/infra/home-id.ts'
import { rights } from '../../src/adapters/infra/kubernetes/rights.ts'
import { openCluster } from '../../src/kubernetes-api/connection.ts'
import { namespaceOf } from '../../src/kubernetes-api/pods.ts'
import { systemClock } from '../../src/main/system-clock.ts'
import { kubeconfig } from '../support/kubernetes/cluster-script.ts'
import { type ScriptedCluster, scriptedCluster } from '../support/kubernetes/scripted/scripted-cluster.ts'
import { needs } from '../support/skip.ts'
import { type Ran, slipwayHere } from '../support/slipway-here.ts'
import { type TempProject, tempProject } from '../support/temp-project.ts'

const { signal } = new AbortController()

let cluster: ScriptedCluster
let project: TempProject

beforeEach(async () => {
  cluster = await scriptedCluster()
  project = tempProject({ kubeconfig: kubeconfig(cluster.access.server, 'token') })
})
afterEach(() => cluster[Symbol.asyncDispose]())

function slipway(...argv: readonly string[]): Promise<Ran> {
  const env = { HOME: project.dir, KUBECONFIG: project.path('kubeconfig'), SLIPWAY_HOME: project.path('home') }
  return slipwayHere(project.dir, env, ...argv)
}

/** `alive`: its owner is this process. */
async function left(name: string, o: { readonly mine?: boolean; readonly alive?: boolean; readonly made?: string } = {}): Promise<void> {
  const home = o.mine === false ? 'another' : await homeId(join(project.path('home'), 'kubernetes-stages'))
  const owner = o.alive === true ? 'unknown' : '999999999.1'
  const labels = { 'app.kubernetes.io/managed-by': 'slipway', 'slipway.dev/home': home, 'slipway.dev/owner': owner, 'slipway.dev/run': `run-${name}` }
  const connection = openCluster(cluster.access, { clock: systemClock })
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { containers: [{ name: 'a', image: 'busybox:1.37' }] } }
  await namespaceOf(connection, 'default').createPod(manifest, { signal })
  await connection.close()
  const pod = cluster.pods.get(name)
  if (pod !== undefined && o.made !== undefined) Object.assign(pod, { createdAt: o.made })
}

describe('slipway k8s prune', () => {
  it('has nothing to do where nothing was left', async () => {
    expect(await slipway('k8s', 'prune')).toMatchObject({ code: 0, out: 'nothing was left behind\n' })
    expect(JSON.parse((await slipway('k8s', 'prune', '--json')).out)).toEqual({ pods: [], removed: true })
  })

  it('takes away what dead processes of this data folder left, and nothing else', async () => {
    await left('dead')
    await left('busy', { alive: true })
    await left('foreign', { mine: false })
    expect(await slipway('k8s', 'prune')).toMatchObject({ code: 0, out: 'removed pod dead\n' })
    expect([...cluster.pods.keys()].sort()).toEqual(['busy', 'foreign'])
  })

  it('only says what would go, when asked so', async () => {
    await left('dead')
    expect(await slipway('k8s', 'prune', '--dry-run')).toMatchObject({ code: 0, out: 'would remove pod dead\n' })
    expect(JSON.parse((await slipway('k8s', 'prune', '--dry-run', '--json')).out)).toEqual({ pods: ['dead'], removed: false })
    expect([...cluster.pods.keys()]).toEqual(['dead'])
  })

  it('takes those of other machines too, if they are older than somebody says', async () => {
    await left('old', { mine: false, made: '2020-01-01T00:00:00Z' })
    await left('new', { mine: false })
    const { code, out } = await slipway('k8s', 'prune', '--older-than', '6h', '--json')
    expect([code, JSON.parse(out)]).toEqual([0, { pods: ['old'], removed: true }])
    expect([...cluster.pods.keys()]).toEqual(['new'])
  })

  it('says which right is missing, and which cluster does not answer', async () => {
    await left('dead')
    cluster.faults.forbidden = 'GET pods'
    expect(await slipway('k8s', 'prune')).toMatchObject({ code: 1, err: expect.stringMatching(/does not allow to list pods in the namespace default/) })
    cluster.faults.forbidden = 'DELETE pods/NAME'
    expect(await slipway('k8s', 'prune')).toMatchObject({ code: 1, err: expect.stringMatching(/does not allow to delete pods in the namespace default/) })
    await cluster.goAway()
    expect(await slipway('k8s', 'prune')).toMatchObject({ code: 1, err: expect.stringContaining('K8S_UNREACHABLE') })
    await cluster.comeBack()
  })

  it('does not take a span that is none', async () => {
    expect(await slipway('k8s', 'prune', '--older-than', 'long')).toMatchObject({ code: 1, err: expect.stringContaining('AMOUNT_INVALID') })
  })
})

/** It tries out what a RUN would find. */
const asRoot = needs(process.getuid?.() === 0, 'the program of these tests is told that it is root, so it has to be')

describe('slipway doctor --kubernetes', asRoot, () => {
  it('says what a cluster allows, and which rung a RUN would stand on', async () => {
    const { code, out } = await slipway('doctor', '--kubernetes')
    expect(code).toBe(0)
    expect(out.split('\n')[0]).toBe(`cluster test at ${cluster.access.server}, Kubernetes v1.20.2, namespace default`)
    expect(out.match(/✔/g)).toHaveLength(rights.length)
    expect(out).toContain('quota: none\npod security: privileged\n')
    expect(out).toMatch(/image steps are built by Slipway itself, where it runs: (RUN on rung \d, \w+|without RUN)/)
    expect(cluster.pods.size).toBe(0)
  })

  it('fails for a right that every stage needs, and not for one that only some do', async () => {
    cluster.faults.denied = ['create secrets', 'list events']
    const some = await slipway('doctor', '--kubernetes')
    expect([some.code, some.out]).toEqual([
      0,
      expect.stringMatching(/- list events .*\n[\s\S]*- create secrets .*\n[\s\S]*what is missing is in the role of docs\/kubernetes.md/),
    ])
    cluster.faults.denied = ['get pods/log']
    const all = await slipway('doctor', '--kubernetes')
    expect([all.code, all.out]).toEqual([1, expect.stringContaining('✖ get pods/log')])
  })

  it('tells quotas, and the level of pod security', async () => {
    cluster.faults.quota = true
    cluster.faults.podSecurity = 'baseline'
    expect(await slipway('doctor', '--kubernetes')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/quota: pods: \d of 0 \(small\)\npod security: baseline\n/),
    })
    cluster.faults.podSecurity = 'restricted'
    expect(await slipway('doctor', '--kubernetes')).toMatchObject({ code: 1, out: expect.stringContaining('restricted: pods need the podSpecOverlay') })
  })

  it('says so where quotas may not be looked at', async () => {
    cluster.faults.forbidden = 'GET resourcequotas'
    expect(await slipway('doctor', '--kubernetes')).toMatchObject({ code: 0, out: expect.stringContaining('quota: may not be looked at') })
  })

  it('is JSON for programs', async () => {
    cluster.faults.denied = ['patch pods']
    const facts = JSON.parse((await slipway('doctor', '--kubernetes', '--json')).out) as { rights: readonly { right: string; allowed: boolean }[] }
    expect(facts).toMatchObject({ cluster: 'test', version: 'v1.20.2', namespace: 'default', quotas: [], podSecurity: 'privileged' })
    expect(facts).toHaveProperty('rung')
    expect(facts.rights.filter(({ allowed }) => !allowed).map(({ right }) => right)).toEqual(['patch pods'])
  })
})
