/** The engine kaniko in the pods of a real cluster. Its executor's image cannot be had here: a program that takes its command line stands in for it. */
import { chmodSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../tools/support/root.ts'
import { type RealRegistry, startRegistry } from '../real/registry/start-registry.ts'
import { writeSmallBase } from '../real/steps/small-base.ts'
import { configText, dockerConnector } from '../support/image-pipeline.ts'
import { real } from '../support/real.ts'
import { needs } from '../support/skip.ts'
import { type Ran, slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'
import { lacking, type RunnerImage, runnerImage } from './runner-image.ts'
import { clusterNeeds, type KubernetesWorld, kubernetesWorld } from './world.ts'

const own = needs(process.env['KUBECONFIG'] === undefined, 'pods of a cluster that is not ours do not see the registries of this machine')
const registry = real('docker-registry', { apt: 'docker-registry' })
const image6 = needs(lacking === undefined && registry.missing === undefined, lacking ?? registry.missing ?? '')
const htpasswd = 'ann:$2y$05$C8nGIYR4NNPcZ.lySIZaMe7QFoX35/wTyvvnTofYkx.E8Ulhv7vXy\n'

interface Pod {
  readonly spec: {
    readonly containers: readonly { readonly name: string; readonly image: string; readonly resources: object; readonly securityContext: object }[]
  }
}

describe('the engine kaniko in a cluster', { ...clusterNeeds, ...own, ...image6, timeout: 240_000 }, () => {
  let world: KubernetesWorld
  let image: RunnerImage
  let closed: RealRegistry
  let hosts: readonly object[]

  beforeAll(async () => {
    if (lacking !== undefined) return
    world = await kubernetesWorld()
    image = await runnerImage(world.dir)
    closed = await startRegistry(registry.path, { htpasswd })
    hosts = [
      { match: 'images.example', endpoint: `http://${image.host}` },
      { match: 'closed.example', endpoint: `http://${closed.host}/team` },
    ]
    const small = tempProject({ '.slipway/config.yaml': configText({}, hosts) })
    writeSmallBase(join(small.dir, 'base'), '/bin/busybox')
    await push(small.dir, 'images.example/small:1', 'base')
    const executor = tempProject({
      '.slipway/config.yaml': configText({}, hosts),
      Dockerfile: 'FROM images.example/slipway/slipway:1\nCOPY executor.mjs /kaniko/executor\n',
    })
    copyFileSync(join(root, 'test/kubernetes/stand-in/executor.mjs'), join(executor.dir, 'executor.mjs'))
    chmodSync(join(executor.dir, 'executor.mjs'), 0o755)
    await push(executor.dir, 'images.example/kaniko/executor:stand-in', '.')
  })
  afterAll(async () => {
    await closed?.stop()
    await image?.stop()
    await world?.close()
  })

  const push = async (dir: string, name: string, context: string): Promise<void> => {
    const { code, out, err } = await slipwayHere(dir, { HOME: dir, PATH: process.env['PATH'] ?? '' }, 'build', '--push', '-t', name, context)
    if (code !== 0) throw new Error(out + err)
  }
  const run = (dir: string, ...argv: readonly string[]): Promise<Ran> =>
    slipwayHere(
      dir,
      {
        HOME: dir,
        PATH: process.env['PATH'] ?? '',
        KUBECONFIG: world.kubeconfig,
        SLIPWAY_KUBERNETES_IMAGE: 'slipway.test/helper:1',
        SLIPWAY_SECRET_PW_ANN: 's:cret',
      },
      'run',
      'p.yaml',
      '--engine',
      'kaniko',
      '--output',
      'plain',
      ...argv,
    )
  const project = (steps: readonly object[], dockerfile: string, nodes: readonly object[] = steps.map((step) => ({ step }))): string => {
    const connectors = {
      cluster: { type: 'K8sCluster', spec: { credential: { type: 'InheritFromDelegate' } } },
      closed: dockerConnector('https://closed.example', 'ann'),
      open: dockerConnector('https://images.example'),
    }
    const config = { ...JSON.parse(configText(connectors, hosts)), kanikoImage: 'images.example/kaniko/executor:stand-in' }
    const { dir } = tempProject({
      'p.yaml': pipeline(nodes),
      '.slipway/config.yaml': JSON.stringify(config),
      'src/Dockerfile': dockerfile,
      'src/a.txt': 'a file\n',
    })
    return dir
  }
  const pods = async (): Promise<readonly Pod[]> =>
    ((await world.own?.kubectl('GET', '/api/v1/namespaces/default/pods')) as { items: readonly Pod[] } | undefined)?.items ?? []
  const digestIn = async (host: string, name: string, tag: string, headers = {}): Promise<string | null> => {
    const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'
    const answer = await fetch(`http://${host}/v2/${name}/manifests/${tag}`, { method: 'HEAD', headers: { accept, ...headers } })
    return answer.headers.get('docker-content-digest')
  }

  it('starts its executor with the command of the plan, which pushes: one digest, logins in a file, no pod left', async () => {
    const spec = { connectorRef: 'closed', repo: 'closed.example/made', tags: ['1', '<+pipeline.sequenceId>-b'], dockerfile: 'src/Dockerfile', context: 'src' }
    const more = { optimize: true, buildArgs: { WORD: 'said' }, labels: { by: 'kaniko' }, resources: { limits: { memory: '1Gi', cpu: '1' } } }
    const dir = project(
      [
        { identifier: 'image', name: 'image', type: 'BuildAndPushDockerRegistry', spec: { ...spec, ...more } },
        say('echo "digest <+steps.image.output.outputVariables.digest> of $(cat src/a.txt)"; ls -a /harness | tr "\\n" " "'),
      ],
      'FROM images.example/small:1\nARG WORD\nRUN echo "$WORD" > /word && chown 1000:1000 /word\nCOPY a.txt /\n',
    )
    const running = run(dir)
    const seen = await until(async () => (await pods())[0])
    const { code, out, err } = await running
    expect(code, out + err).toBe(0)
    const started = JSON.parse(/executor: (\[.*\])/.exec(out)?.[1] ?? '[]') as readonly string[]
    expect(started).toEqual([
      '/kaniko/executor',
      '--dockerfile=/harness/src/Dockerfile',
      '--context=dir:///harness/src',
      `--destination=${closed.host}/team/made:1`,
      `--destination=${closed.host}/team/made:1-b`,
      '--build-arg=WORD=said',
      '--label=by=kaniko',
      '--snapshot-mode=redo',
      '--digest-file=/kaniko/digest-file',
      `--registry-map=images.example=${image.host}`,
      `--insecure-registry=${image.host}`,
      `--insecure-registry=${closed.host}`,
    ])
    expect(out).toContain(`logins: ${closed.host} ${closed.host}/team/made\n`)
    const authorization = `Basic ${Buffer.from('ann:s:cret').toString('base64')}`
    const digests = await Promise.all(['1', '1-b'].map((tag) => digestIn(closed.host, 'team/made', tag, { authorization })))
    expect(digests[0]).toMatch(/^sha256:/)
    expect(digests[1]).toBe(digests[0])
    expect(out).toContain(`digest ${digests[0]} of a file`)
    const container = seen.spec.containers.find(({ name }) => name === 'step-1')
    expect(container?.image).toBe(`${image.host}/kaniko/executor:stand-in`)
    expect(container?.resources).toMatchObject({ limits: { memory: '1Gi', cpu: '1' } })
    expect(container?.securityContext).toEqual({ runAsUser: 0 })
    expect(out + err).not.toContain('s:cret')
    expect(JSON.stringify(seen)).not.toContain('s:cret')
    expect(await pods()).toEqual([])
  })

  it('hands on what nobody pushes: a step pushes it later, elsewhere, and nothing of it lies in the workspace', async () => {
    const build = { connectorRef: 'open', repo: 'images.example/later', tags: ['1'], dockerfile: 'src/Dockerfile', context: 'src' }
    const dir = project(
      [
        { identifier: 'image', name: 'image', type: 'BuildAndPushDockerRegistry', spec: { ...build, envVariables: { PLUGIN_NO_PUSH: 'true' } } },
        say('echo "left: $(ls -A /harness | grep -c made)"; ls /slipway-made 2>&1 | tail -1'),
        {
          identifier: 'pushed',
          name: 'pushed',
          type: 'BuildAndPushDockerRegistry',
          spec: { connectorRef: 'open', repo: 'images.example/later', tags: ['1'], envVariables: { PLUGIN_PUSH_ONLY: 'true' } },
        },
      ],
      'FROM images.example/small:1\nRUN echo made > /made\n',
    )
    const { code, out, err } = await run(dir)
    expect(code, out + err).toBe(0)
    expect(out).toContain('left: 0')
    expect(out).toMatch(/say\] ls: .*\/slipway-made.*No such file/)
    const [, digest] = / built (sha256:\w+) /.exec(out) ?? []
    expect(await digestIn(image.host, 'later', '1')).toBe(digest)
  })

  it('builds two side by side, as root though nobody in the stage is', async () => {
    const image = (name: string): object => ({
      step: {
        identifier: name,
        name,
        type: 'BuildAndPushDockerRegistry',
        spec: {
          connectorRef: 'open',
          repo: `images.example/${name}`,
          tags: ['1'],
          dockerfile: 'src/Dockerfile',
          context: '.',
          envVariables: { PLUGIN_NO_PUSH: 'true' },
        },
      },
    })
    const dir = project([], 'FROM images.example/small:1\nCOPY . /all\nRUN ls -A /all > /list && ! grep -q made /list\n', [
      { parallel: [image('left'), image('right')] },
      { step: say('echo "user $(id -u)"') },
    ])
    const { code, out, err } = await run(dir)
    expect(code, out + err).toBe(0)
    expect(out).toContain('user 1000')
    expect([...out.matchAll(/(left|right)\] built sha256:/g)]).toHaveLength(2)
  })

  it('ends in good order when it is stopped, and leaves no pod', async () => {
    const build = { connectorRef: 'open', repo: 'images.example/stopped', tags: ['1'], dockerfile: 'src/Dockerfile', context: 'src' }
    const dir = project(
      [{ identifier: 'image', name: 'image', type: 'BuildAndPushDockerRegistry', spec: build, timeout: '12s' }],
      'FROM images.example/small:1\nRUN sleep 300\n',
    )
    const { code, out, err } = await run(dir)
    expect([code, out + err]).toEqual([1, expect.stringContaining('[STEP_TIMEOUT]')])
    expect(await pods()).toEqual([])
  })

  it('writes archives, and fails with what the executor says', async () => {
    const build = { connectorRef: 'open', repo: 'images.example/archived', tags: ['1'], dockerfile: 'src/Dockerfile', context: 'src' }
    const env = { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'out/image.tar' }
    const dir = project(
      [
        { identifier: 'image', name: 'image', type: 'BuildAndPushDockerRegistry', spec: { ...build, envVariables: env } },
        say('tar -tf out/image.tar | grep manifest.json'),
      ],
      'FROM images.example/small:1\nRUN echo made > /made\n',
    )
    const ok = await run(dir)
    expect(ok.code, ok.out + ok.err).toBe(0)
    expect(ok.out).toContain('manifest.json')
    const wrong = await run(
      project([{ identifier: 'image', name: 'image', type: 'BuildAndPushDockerRegistry', spec: build }], 'FROM images.example/small:1\nRUN exit 3\n'),
    )
    expect([wrong.code, wrong.out + wrong.err]).toEqual([1, expect.stringContaining('[KANIKO_FAILED]')])
    expect(await pods()).toEqual([])
  })
})

const say = (command: string): object => ({ identifier: 'say', name: 'say', type: 'Run', spec: { shell: 'Sh', image: 'busybox:1.37', command } })

/** Pods have no network but their own here: these are where the registries are. */
function pipeline(steps: readonly object[]): string {
  const infrastructure = {
    type: 'KubernetesDirect',
    spec: { connectorRef: 'cluster', namespace: 'default', os: 'Linux', runAsUser: '1000', podSpecOverlay: JSON.stringify({ hostNetwork: true }) },
  }
  const spec = { cloneCodebase: true, caching: { enabled: false }, infrastructure, execution: { steps } }
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage: { identifier: 'build', name: 'build', type: 'CI', spec } }] } })
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await wait(200)
  }
}
