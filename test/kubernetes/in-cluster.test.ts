/** `slipway k8s run`, started from outside: the whole run in a pod without privileges, seen here. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../tools/support/root.ts'
import { documentOptions, documents } from '../real/golden/documents.ts'
import { writeSmallBase } from '../real/steps/small-base.ts'
import { configText } from '../support/image-pipeline.ts'
import { needs } from '../support/skip.ts'
import { type Ran, slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'
import { allowRunner, claim, type Outside, outside } from './outside.ts'
import { lacking, type RunnerImage, runnerImage } from './runner-image.ts'
import { clusterNeeds, type KubernetesWorld, kubernetesWorld } from './world.ts'

const own = needs(process.env['KUBECONFIG'] === undefined, 'pods of a cluster that is not ours do not see the registries of this machine')
const image6 = needs(lacking === undefined, lacking ?? '')

describe('a run in the cluster, started from outside', { ...clusterNeeds, ...own, ...image6, timeout: 300_000 }, () => {
  let world: KubernetesWorld
  let image: RunnerImage
  let at: Outside

  beforeAll(async () => {
    if (lacking !== undefined) return
    world = await kubernetesWorld()
    image = await runnerImage(world.dir)
    await allowRunner(world)
    at = outside(world, image)
    const small = tempProject({ '.slipway/config.yaml': configText({}, hosts()) })
    writeSmallBase(join(small.dir, 'base'), '/bin/busybox')
    const built = await slipwayHere(small.dir, { HOME: small.dir }, 'build', '--push', '-t', 'images.example/small:1', 'base')
    if (built.code !== 0) throw new Error(built.out + built.err)
  })
  afterAll(async () => {
    await image?.stop()
    await world?.close()
  })

  const runner = (): string => image.host
  const hosts = () => [{ match: 'images.example', endpoint: `http://${image.host}` }]
  const run = (dir: string, env: Readonly<Record<string, string>>, file: string, ...argv: readonly string[]): Promise<Ran> =>
    slipwayHere(dir, { ...env, ...at.env }, 'k8s', 'run', file, ...at.options, ...argv)

  it('streams what the steps say, with the exit code of the run, and leaves no pod', async () => {
    const { dir } = tempProject({ 'p.yaml': hello, 'src/a.txt': 'sent\n' })
    const { code, out, err } = await run(dir, { PATH: process.env['PATH'] ?? '' }, 'p.yaml', '--output', 'plain')
    expect(`${out}${err}`).toContain('sent')
    expect(code, out + err).toBe(0)
    expect(await at.pods()).toEqual([])
    const failed = await run(dir, { PATH: process.env['PATH'] ?? '' }, 'p.yaml', '--output', 'plain', '--var', 'ends=3')
    expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('exit code 3')])
  })

  it('goes on while the API server starts anew, and nothing is lost or told twice', async () => {
    const { dir } = tempProject({ 'p.yaml': steps({ shell: 'Sh', command: 'i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo "line $i."; sleep 0.3; done' }) })
    const running = run(dir, {}, 'p.yaml', '--output', 'plain')
    await at.someRunning()
    await world.own?.restartApi(5)
    const { code, out, err } = await running
    expect(code, out + err).toBe(0)
    expect([...out.matchAll(/ (line \d+\.)/g)].map(([, line]) => line)).toEqual(Array.from({ length: 60 }, (_, i) => `line ${i + 1}.`))
    expect(await at.pods()).toEqual([])
  })

  it.each([
    ['as soon as a step is told of', 'runs trap'],
    ['while it runs', 'it runs'],
  ])('ends in good order at Ctrl-C %s, and leaves no pod', async (_, sign) => {
    const image = 'busybox:1.37'
    const { dir } = tempProject({
      'p.yaml': steps({ shell: 'Sh', image, command: 'trap "echo good bye; exit 0" TERM; echo "it ru""ns"; while :; do sleep 0.1; done' }),
    })
    const argv = [...process.execArgv, join(root, 'src/main/cli.ts'), 'k8s', 'run', 'p.yaml', ...at.options, '--on', 'kubernetes', '--output', 'plain']
    const env = { PATH: process.env['PATH'] ?? '', HOME: dir, SLIPWAY_HOME: tempProject().dir, ...at.env }
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...argv], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        if (!said.includes(sign) && `${said}${text}`.includes(sign)) child.kill('SIGINT')
        said += text
      })
    const late = setTimeout(() => child.kill('SIGKILL'), 90_000)
    const [code] = await once(child, 'close')
    clearTimeout(late)
    process.stdout.write(said)
    if (sign === 'it runs') expect(said).toMatch(/\] good bye$/m)
    expect(code, said).toBe(130)
    expect(await at.pods()).toEqual([])
  })

  it('keeps layers on a claim: what a build with caching and a secret made is there for the next run (LB-02, SX-05, T-07)', async () => {
    await claim(world, 'layers')
    const { dir } = tempProject({
      'p.yaml': buildPipeline,
      Dockerfile: `FROM images.example/small:1
RUN --mount=type=secret,id=token test "$(cat /run/secrets/token)" = "a hidden one" && chown 1000:1000 /tmp
RUN head -c 16 /dev/urandom > /made
`,
      '.slipway/config.yaml': configText(connectors, hosts()),
    })
    const env = { SLIPWAY_SECRET_TOKEN: 'a hidden one' }
    const one = await run(dir, env, 'p.yaml', '--output', 'plain', '--cache-claim', 'layers')
    expect(one.code, one.out + one.err).toBe(0)
    const two = await run(dir, env, 'p.yaml', '--output', 'plain', '--cache-claim', 'layers')
    expect(two.code, two.out + two.err).toBe(0)
    const facts = [one, two].map(({ out }) => / built (sha256:\w+) \(.*, (\d+) cached\)/.exec(out)?.slice(1))
    process.stdout.write(`built twice on a claim: ${JSON.stringify(facts)}\n`)
    // What is random is the same: it was not made anew.
    expect(facts).toEqual([
      [expect.any(String), '0'],
      [facts[0]?.[0], '2'],
    ])
    expect(one.out + one.err + two.out + two.err).not.toContain('a hidden one')
    expect(await at.pods()).toEqual([])
  })

  it('builds several images at once, and hands an archive on to a stage in another pod', async () => {
    const image = (identifier: string, spec: object): object => ({
      step: {
        identifier,
        name: identifier,
        type: 'BuildAndPushDockerRegistry',
        spec: { connectorRef: 'hub', repo: `images.example/${identifier}`, tags: ['1'], ...spec },
      },
    })
    const builds = ['one', 'two', 'three'].map((name) =>
      image(name, { buildArgs: { WHICH: name }, ...(name === 'three' && { envVariables: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'three.tar' } }) }),
    )
    const say = { step: { identifier: 'make', name: 'make', type: 'Run', spec: { shell: 'Sh', image: 'busybox:1.37', command: 'echo made > made.txt' } } }
    const pushed = image('pushed', { envVariables: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'three.tar' } })
    const { dir } = tempProject({
      'p.yaml': stagesOf([say, { parallel: builds }], [pushed]),
      Dockerfile: 'FROM images.example/small:1\nARG WHICH\nCOPY made.txt /\nRUN echo "$WHICH" > /which\n',
      '.slipway/config.yaml': configText(connectors, hosts()),
    })
    const { code, out, err } = await run(dir, {}, 'p.yaml', '--output', 'plain')
    expect(code, out + err).toBe(0)
    const built = [...out.matchAll(/\[first\/(one|two|three)\] built (sha256:\w+)/g)].map(([, name, digest]) => [name, digest] as const)
    expect(new Set(built.map(([, digest]) => digest)).size).toBe(3)
    expect(out).toMatch(/\[second\/pushed\] .*\[ARCHIVE_HANDED_OVER\]/)
    const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'
    const answer = await fetch(`http://${runner()}/v2/pushed/manifests/1`, { method: 'HEAD', headers: { accept } })
    expect(answer.headers.get('docker-content-digest')).toBe(new Map(built).get('three'))
    expect(await at.pods()).toEqual([])
  })

  it('builds as uid 1000 without a single capability, where the filter of the node allows user namespaces (SX-03, LB-01)', async () => {
    const security = {
      runAsUser: 1000,
      runAsGroup: 1000,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'Unconfined' },
    }
    const nobody = outside(world, image, security)
    const { dir } = tempProject({
      'p.yaml': buildPipeline,
      Dockerfile: `FROM images.example/small:1
RUN id -u > /who && mkdir /made && chown -R 1000:1000 /made && ls -ldn /made >> /who
RUN cat /who && grep -q "^0$" /who && grep -q "1000 *1000" /who
`,
      '.slipway/config.yaml': configText(connectors, hosts()),
    })
    const running = slipwayHere(dir, { SLIPWAY_SECRET_TOKEN: 'a hidden one', ...nobody.env }, 'k8s', 'run', 'p.yaml', ...nobody.options, '--output', 'plain')
    await at.someRunning()
    const list = (await world.own?.kubectl('GET', '/api/v1/namespaces/default/pods')) as { readonly items: readonly RunnerPod[] } | undefined
    const { code, out, err } = await running
    process.stdout.write(`${JSON.stringify(list?.items[0]?.spec.containers[0]?.securityContext)}\n${out}`)
    expect(code, out + err).toBe(0)
    expect(list?.items[0]?.spec.containers[0]?.securityContext).toEqual({ ...security, privileged: false })
    expect(out).toMatch(/RUN on rung [34]/)
    expect(await at.pods()).toEqual([])
  })

  describe('documents', documentOptions, () =>
    documents({
      engine: 'embedded',
      env: () => ({}),
      on: 'kubernetes',
      only: /^s\d-(scan|push-many-k8s|tar-k8s|build-only-k8s)$/,
      connectors: ['K8S_CONNECTOR_REF', 'K8S_CONNECTOR', 'CONNECTOR'].map((identifier) => ({
        connector: { identifier, name: identifier, type: 'K8sCluster', spec: { credential: { type: 'InheritFromDelegate' } } },
      })),
      slipway: (dir, env, _run, file = '', ...argv) => run(dir, env, file, ...passed(env), ...argv),
    }),
  )
})

interface RunnerPod {
  readonly spec: { readonly containers: readonly { readonly securityContext: object }[] }
}

const connectors = {
  hub: { type: 'DockerRegistry', spec: { dockerRegistryUrl: 'https://images.example', providerType: 'Other', auth: { type: 'Anonymous' } } },
  cluster: { type: 'K8sCluster', spec: { credential: { type: 'InheritFromDelegate' } } },
}

/** What the clouds of the documents are known by. */
function passed(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(env)
    .filter((name) => /^(AWS|AZURE|GOOGLE|GCE|SSL|NODE)_/.test(name))
    .flatMap((name) => ['--env', name])
}

/** A stage of one Run step. */
function steps(spec: object): string {
  const step = { identifier: 'say', name: 'say', type: 'Run', spec }
  const stage = { identifier: 'one', name: 'one', type: 'CI', spec: { cloneCodebase: false, execution: { steps: [{ step }] } } }
  return JSON.stringify({ pipeline: { identifier: 'said', name: 'said', stages: [{ stage }] } })
}

/** Stages on Kubernetes, the second one without code. */
function stagesOf(first: readonly object[], second: readonly object[]): string {
  const infrastructure = { type: 'KubernetesDirect', spec: { connectorRef: 'cluster', namespace: 'default', os: 'Linux' } }
  const stages = [first, second].map((steps, i) => {
    const identifier = i === 0 ? 'first' : 'second'
    const spec = { cloneCodebase: i === 0, caching: { enabled: false }, infrastructure, execution: { steps } }
    return { stage: { identifier, name: identifier, type: 'CI', spec } }
  })
  return JSON.stringify({ pipeline: { identifier: 'handed', name: 'handed', stages } })
}

/** As with a Docker daemon beside the steps, for which these folders are shared; there is none. */
const buildPipeline = JSON.stringify({
  pipeline: {
    identifier: 'cached',
    name: 'cached',
    stages: [
      {
        stage: {
          identifier: 'build',
          name: 'build',
          type: 'CI',
          spec: {
            cloneCodebase: true,
            caching: { enabled: false },
            sharedPaths: ['/var/run', '/var/lib/docker'],
            infrastructure: { type: 'KubernetesDirect', spec: { connectorRef: 'cluster', namespace: 'default', os: 'Linux' } },
            execution: {
              steps: [
                {
                  step: {
                    identifier: 'image',
                    name: 'image',
                    type: 'BuildAndPushDockerRegistry',
                    spec: {
                      connectorRef: 'hub',
                      repo: 'images.example/made',
                      tags: ['<+pipeline.sequenceId>'],
                      caching: true,
                      envVariables: { TOKEN: '<+secrets.getValue("token")>' },
                      envDockerSecrets: { token: 'TOKEN' },
                    },
                  },
                },
              ],
            },
          },
        },
      },
    ],
  },
})

const hello = `pipeline:
  identifier: hello
  name: hello
  variables:
    - {name: ends, type: String, value: "0"}
  stages:
    - stage:
        identifier: one
        name: one
        type: CI
        spec:
          cloneCodebase: true
          platform: {os: Linux, arch: Amd64}
          runtime: {type: Cloud, spec: {}}
          execution:
            steps:
              - step: {identifier: say, name: say, type: Run, spec: {shell: Sh, command: "cat src/a.txt; echo $PWD; exit <+pipeline.variables.ends>"}}
`
