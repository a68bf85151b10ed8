/** What steps and plugins hand on when docker buildx builds: the digest as an output in every mode, and the plugins' own files. */
import { expect, it, onTestFinished } from 'vitest'
import { type Fleet, startFleet } from '../../support/cloud/fleet.ts'
import { configText } from '../../support/image-pipeline.ts'
import { type Ran, slipwayHere } from '../../support/slipway-here.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { pipeline } from '../steps/pipeline-text.ts'

type Env = Readonly<Record<string, string>>

/** Every mode of an image step, after a step that built. */
const modes: Readonly<Record<string, Env>> = {
  'builds and pushes': {},
  'only builds': { PLUGIN_NO_PUSH: 'true' },
  'builds to an archive': { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'image.tar' },
  'pushes an archive': { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'first.tar' },
  'pushes a stored image': { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'acme/first:1' },
}

export function outputsAndPlugins(tool: () => Env): void {
  async function opened(
    files: Readonly<Record<string, string>>,
  ): Promise<{ readonly fleet: Fleet; readonly project: TempProject; run(env: Env, ...argv: readonly string[]): Promise<Ran> }> {
    const fleet = await startFleet()
    onTestFinished(() => fleet.stop())
    const project = tempProject({
      Dockerfile: 'FROM scratch\nCOPY Dockerfile /made\n',
      '.slipway/config.yaml': configText(fleet.connectors, fleet.hosts),
      ...files,
    })
    const home = tempProject().dir
    return { fleet, project, run: (env, ...argv) => slipwayHere(project.dir, { ...tool(), SLIPWAY_HOME: home, ...env }, ...argv) }
  }

  it('the digest is an output variable of every mode, and that of what is in the registry (O-04, LB-26)', async () => {
    const image = (identifier: string, repo: string, envVariables: Env) => ({
      identifier,
      name: identifier,
      type: 'BuildAndPushDockerRegistry',
      spec: { connectorRef: 'hub', repo, tags: ['1'], envVariables },
    })
    const names = Object.keys(modes).map((_, at) => `m${at}`)
    const say = names.map((name) => `echo ${name} "<+execution.steps.${name}.output.outputVariables.digest>"`).join('\n')
    const steps = [
      image('first', 'acme/first', { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'first.tar' }),
      ...Object.values(modes).map((vars, at) => image(`m${at}`, `acme/m${at}`, vars)),
      {
        identifier: 'say',
        name: 'say',
        type: 'Run',
        spec: { shell: 'Sh', command: `${say}\necho first "<+execution.steps.first.output.outputVariables.digest>"` },
      },
    ]
    const { fleet, run } = await opened({ 'p.yaml': pipeline(steps, { cloneCodebase: true }) })
    const { code, out, err } = await run(fleet.env, 'run', 'p.yaml', '--on', 'local', '--engine', 'buildx', '--output', 'plain')
    expect(code, `${out}${err}`).toBe(0)
    const told = Object.fromEntries([...out.matchAll(/\[s\/say\] (\w+) (sha256:[0-9a-f]{64})/g)].map(([, name = '', digest]) => [name, digest]))
    expect(Object.keys(told)).toEqual([...names, 'first'])
    for (const [at, vars] of Object.values(modes).entries()) {
      const pushed = await fleet.digestAt(`acme/m${at}:1`)
      expect(pushed).toBe(vars['PLUGIN_NO_PUSH'] === undefined ? told[`m${at}`] : undefined)
    }
    expect(told['m3']).toBe(told['first'])
  })

  const plugins: readonly { readonly as: string; readonly ref: string; readonly env: (fleet: Fleet) => Env }[] = [
    {
      as: 'docker',
      ref: 'acme/plugged:1',
      env: (fleet) => ({ PLUGIN_REPO: 'acme/plugged', PLUGIN_USERNAME: 'ann', PLUGIN_PASSWORD: fleet.env['SLIPWAY_SECRET_PW_ANN'] ?? '' }),
    },
    {
      as: 'buildx-ecr',
      ref: '000123456789.dkr.ecr.eu-central-1.amazonaws.com/plugged:1',
      env: (fleet) => ({
        PLUGIN_REGISTRY: '000123456789.dkr.ecr.eu-central-1.amazonaws.com',
        PLUGIN_REPO: 'plugged',
        PLUGIN_REGION: 'eu-central-1',
        PLUGIN_ACCESS_KEY: 'AKIABOATS',
        PLUGIN_SECRET_KEY: fleet.env['SLIPWAY_SECRET_AWS'] ?? '',
      }),
    },
    {
      as: 'kaniko-gar',
      ref: 'europe-docker.pkg.dev/boats/fleet/plugged:1',
      env: (fleet) => ({
        PLUGIN_REGISTRY: 'europe-docker.pkg.dev/boats/fleet',
        PLUGIN_REPO: 'plugged',
        PLUGIN_JSON_KEY: fleet.env['SLIPWAY_SECRET_GCP'] ?? '',
      }),
    },
  ]
  it.each(plugins)('slipway plugin --as $as builds with docker buildx, pushes, and leaves its files', async ({ as, ref, env }) => {
    const { fleet, project, run } = await opened({})
    const files = { DRONE_OUTPUT: project.path('out.env'), PLUGIN_ARTIFACT_FILE: project.path('artifact.json'), PLUGIN_DIGEST_FILE: project.path('digest') }
    const { code, out, err } = await run({ PLUGIN_TAGS: '1', ...env(fleet), ...files }, 'plugin', '--as', as, '--engine', 'buildx')
    expect([code, `${out}${err}`]).toEqual([0, expect.stringContaining(`pushed ${ref}`)])
    expect(out).toMatch(/docker buildx \S+, builder/)
    expect(`${out}${err}`).not.toMatch(/s:cret|aws-secret-key|PRIVATE KEY/)
    const digest = await fleet.digestAt(ref)
    expect(project.read('digest').trim()).toBe(digest)
    expect(project.read('out.env')).toContain(`digest="${digest}"`)
    expect(JSON.parse(project.read('artifact.json'))).toMatchObject({ data: { images: [{ digest }] } })
  })
}
