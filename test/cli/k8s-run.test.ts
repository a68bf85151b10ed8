/** `slipway k8s run`: what people see of a run that a pod does. The API server follows a script; behind it are the real parts of the pod. */
import { mkdirSync } from 'node:fs'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { configText } from '../support/image-pipeline.ts'
import { kubeconfig } from '../support/kubernetes/cluster-script.ts'
import { type RunnerPods, runnerPods } from '../support/kubernetes/scripted/runner-pods.ts'
import { type ScriptedCluster, scriptedCluster } from '../support/kubernetes/scripted/scripted-cluster.ts'
import { type Ran, slipwayHere } from '../support/slipway-here.ts'
import { type TempProject, tempProject } from '../support/temp-project.ts'

let cluster: ScriptedCluster
let pods: RunnerPods
let here: TempProject

beforeEach(async () => {
  cluster = await scriptedCluster()
  here = tempProject({
    'kube/config': kubeconfig(cluster.access.server, 'token'),
    'code/src/a.txt': 'from the laptop\n',
    'code/p.yaml': pipeline(),
    'code/other.yaml': pipeline(),
    'code/Dockerfile': 'FROM scratch\nCOPY src/a.txt /\n',
    'code/.slipway/config.yaml': configText({
      hub: { type: 'DockerRegistry', spec: { dockerRegistryUrl: 'https://hub.example', providerType: 'Other', auth: { type: 'Anonymous' } } },
    }),
  })
  mkdirSync(here.path('pods'))
  pods = runnerPods(cluster, { dir: here.path('pods'), version: packageJson.version })
})
afterEach(async () => {
  await pods.close()
  await cluster[Symbol.asyncDispose]()
})

const run = (...argv: readonly string[]): Promise<Ran> => slipwayHere(here.path('code'), env(), ...argv)

function env(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', KUBECONFIG: here.path('kube/config'), SLIPWAY_HOME: here.path('home'), SLIPWAY_SECRET_TOKEN: 'hidden-one' }
}

const from = ['k8s', 'run', 'p.yaml', '--image', 'slipway:1', '--output', 'plain']

describe('slipway k8s run', () => {
  it('shows, keeps and ends a run as if it had been here, and does it again there', async () => {
    const first = await run(...from, '--output', `junit=${here.path('report.xml')}`, '--var', `to=${here.path('handed')}`)
    expect(first.code, first.out + first.err).toBe(0)
    expect(first.out).toContain('from the laptop')
    expect(first.out).toContain('token ********')
    expect(first.err).toMatch(/slipway: the run is done by the pod slipway-run-shop-/)
    expect(first.err).toMatch(/slipway: sends 5 files of /)
    expect(here.read('report.xml')).toContain('<testsuite')
    expect(here.exists('handed/image.tar')).toBe(true)
    const listed = await run('runs', 'list')
    expect(listed.out).toMatch(/shop.*passed|passed.*shop/s)
    expect((await run('runs', 'logs', 'last')).out).toContain('from the laptop')
    const again = await run('runs', 'rerun', 'last', '--output', 'plain')
    expect(again.code, again.out + again.err).toBe(0)
    expect(again.err).toContain('slipway: the run is done by the pod ')
    expect(cluster.pods.size).toBe(0)
  })

  it('fails as the run fails, and says what became of a pod that is lost', async () => {
    const failed = await run(...from, '--var', 'ends=3')
    expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('exit code 3')])
    const running = run('k8s', 'run', 'other.yaml', '--image', 'slipway:1', '--output', 'plain', '--var', 'sleeps=20')
    await begun()
    const [pod = ''] = cluster.pods.keys()
    cluster.evict(pod, 'The node was low on resource: memory.')
    const lost = await running
    expect([lost.code, lost.out + lost.err]).toEqual([1, expect.stringContaining('low on resource')])
    expect((await run('runs', 'list', '--json')).out).toContain('"errored"')
    expect(cluster.pods.size).toBe(0)
  })

  it('says how to get an image where none is named, and what it may not do', async () => {
    const without = await run('k8s', 'run', 'p.yaml')
    expect([without.code, without.err]).toEqual([1, expect.stringContaining('examples/self')])
    cluster.faults.forbidden = 'POST pods'
    const forbidden = await run(...from)
    expect([forbidden.code, forbidden.out + forbidden.err]).toEqual([1, expect.stringContaining('does not allow to create pods')])
    const cloned = await run(...from, '--clone')
    expect([cloned.code, cloned.out + cloned.err]).toEqual([1, expect.stringContaining('--clone takes a folder of this machine')])
  })
})

/** Until a step of the second run is at work. */
async function begun(): Promise<void> {
  while (!/run 2 of shop[\s\S]*from the laptop/.test((await run('runs', 'logs', 'last')).out)) await new Promise((resolve) => setTimeout(resolve, 200))
}

function pipeline(): string {
  const command = 'cat src/a.txt; echo "token <+secrets.getValue("token")>"; sleep <+pipeline.variables.sleeps>; exit <+pipeline.variables.ends>'
  const steps = [
    { step: { identifier: 'say', name: 'say', type: 'Run', spec: { shell: 'Sh', command } } },
    {
      step: {
        identifier: 'image',
        name: 'image',
        type: 'BuildAndPushDockerRegistry',
        spec: {
          connectorRef: 'hub',
          repo: 'acme/app',
          tags: ['1'],
          envVariables: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: '<+pipeline.variables.to>/image.tar' },
        },
      },
    },
  ]
  const spec = { cloneCodebase: true, platform: { os: 'Linux', arch: 'Amd64' }, runtime: { type: 'Cloud', spec: {} }, execution: { steps } }
  const variables = Object.entries({ ends: '0', sleeps: '0', to: 'handed' }).map(([name, value]) => ({ name, type: 'String', value }))
  return JSON.stringify({
    pipeline: { identifier: 'shop', name: 'shop', variables, stages: [{ stage: { identifier: 'one', name: 'one', type: 'CI', spec } }] },
  })
}
