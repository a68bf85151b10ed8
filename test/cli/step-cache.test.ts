/** Steps that save files and get them back, in real runs on this machine. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { writeTar } from '../../src/tar/write-tar.ts'
import { startAzure } from '../support/cloud/azure-stand-in.ts'
import { startGoogle } from '../support/cloud/google-stand-in.ts'
import { identityProvider } from '../support/cloud/identity-provider.ts'
import { startBlobs, startGcs, startS3 } from '../support/cloud/object-stores.ts'
import { configText } from '../support/image-pipeline.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'
import { type TestWorld, testWorld } from '../support/test-world.ts'

interface StepText {
  readonly type: string
  readonly spec: Readonly<Record<string, unknown>>
  readonly id?: string
}

interface StageText {
  readonly steps: readonly StepText[]
  readonly more?: Readonly<Record<string, unknown>>
  readonly variables?: Readonly<Record<string, string>>
}

const sh = (command: string, id = 'work'): StepText => ({ type: 'Run', id, spec: { shell: 'Sh', command } })

/** JSON is YAML. */
function pipelineText(...stages: readonly StageText[]): string {
  const all = stages.map(({ steps, more, variables = {} }, at) => ({
    stage: {
      identifier: `s${at}`,
      name: `s${at}`,
      type: 'CI',
      variables: Object.entries(variables).map(([name, value]) => ({ name, type: 'String', value })),
      spec: {
        platform: { os: 'Linux', arch: 'Amd64' },
        ...more,
        execution: { steps: steps.map(({ type, spec, id }, i) => ({ step: { identifier: id ?? `step${i}`, name: id ?? `step${i}`, type, spec } })) },
      },
    },
  }))
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: all } }, null, 1)
}

function project() {
  const made = tempProject()
  const world = testWorld({ cwd: made.dir })
  return { ...made, world, run: (...stages: readonly StageText[]) => runHere(made.dir, world, stages) }
}

async function runHere(dir: string, world: TestWorld, stages: readonly StageText[], on = 'local', more: readonly string[] = []) {
  writeFileSync(join(dir, 'p.yaml'), pipelineText(...stages))
  const ran = await world.run('run', 'p.yaml', '--on', on, '--output', 'plain', ...more)
  return { code: ran.code, said: `${ran.out}${ran.err}` }
}

const save = (spec: Readonly<Record<string, unknown>> = {}): StepText => ({
  type: 'SaveCache',
  id: 'save',
  spec: { key: 'deps', sourcePaths: ['deps'], ...spec },
})
const restore = (spec: Readonly<Record<string, unknown>> = {}): StepText => ({ type: 'RestoreCache', id: 'restore', spec: { key: 'deps', ...spec } })
const makeDeps = sh(
  'mkdir -p deps/a/b && echo one > deps/a/one && echo run > deps/tool && chmod 755 deps/tool && ln -s a/one deps/link && ln deps/a/one deps/b && touch -d @1000000000 deps/a/one && chmod 500 deps/a/b',
)

describe('Save and Restore Cache', () => {
  it.each(['Tar', 'Gzip', 'Zstd'])('%s: brings back files with their modes, times and links, and tells of it', async (archiveFormat) => {
    const { run } = project()
    const saved = await run({ steps: [makeDeps, save({ archiveFormat })] })
    expect([saved.code, saved.said]).toEqual([0, expect.stringMatching(/saved under deps in this machine: 2 files of \d+ B as [\d.]+ K?B/)])
    const look =
      'stat -c "%a %Y %h" deps/a/one; stat -c "mode=%a" deps/tool deps/a/b; readlink deps/link; cat deps/b; echo hit=<+steps.restore.output.outputVariables.cacheHit>'
    const { code, said } = await run({ steps: [restore(), sh(look)] })
    expect(code).toBe(0)
    for (const line of ['644 1000000000 2', 'mode=755', 'mode=500', 'a/one', 'one', 'hit=true']) expect(said).toContain(`${line}\n`)
  })

  it('passes without saved files, and fails where the step says so', async () => {
    const { run } = project()
    const miss = await run({ steps: [restore(), sh('echo hit=<+steps.restore.output.outputVariables.cacheHit>')] })
    expect([miss.code, miss.said]).toEqual([0, expect.stringContaining('hit=false')])
    const failed = await run({ steps: [restore({ failIfKeyNotFound: true })] })
    expect([failed.code === 0, failed.said]).toEqual([false, expect.stringContaining('STEP_CACHE_MISSED')])
  })

  it('makes keys of checksums, so that other dependencies are other files', async () => {
    const { run } = project()
    const key = 'npm-{{ checksum "lock" }}-<+pipeline.identifier>'
    const of = (text: string) => sh(`printf ${text} > lock; mkdir deps; printf ${text} > deps/x`, 'lock')
    const first = await run({ steps: [of('one'), save({ key })] })
    expect(first.said).toContain('npm-f97c5d29941bfb1b2fdab0874906ab82-p')
    await run({ steps: [of('two'), save({ key })] })
    const again = await run({ steps: [sh('printf one > lock', 'lock'), restore({ key }), sh('cat deps/x; echo .')] })
    expect(again.said).toContain('one.\n')
    const none = await run({ steps: [restore({ key })] })
    expect([none.code, none.said]).toEqual([0, expect.stringContaining('STEP_CACHE_CHECKSUM_EMPTY')])
  })

  it('keeps what is saved without override and replaces it with', async () => {
    const { run } = project()
    const of = (text: string) => sh(`mkdir deps; echo ${text} > deps/x`)
    await run({ steps: [of('first'), save()] })
    const kept = await run({ steps: [of('second'), save()] })
    expect(kept.said).toContain('deps is saved in this machine already, and stays')
    expect((await run({ steps: [restore(), sh('cat deps/x')] })).said).toContain('first\n')
    await run({ steps: [of('third'), save({ override: true })] })
    expect((await run({ steps: [restore(), sh('cat deps/x')] })).said).toContain('third\n')
  })

  it('takes patterns and absolute paths, and brings those back only where the pipeline names them', async () => {
    const { run, path } = project()
    const outside = path('outside/home')
    const make = sh(`mkdir -p ${outside} x/target y/target && echo o > ${outside}/o && echo 1 > x/target/1 && echo 2 > y/target/2 && echo no > y/no`)
    const paths = { sourcePaths: ['*/target', outside] }
    expect((await run({ steps: [make, save(paths)] })).code).toBe(0)
    rmSync(path('outside'), { recursive: true })
    const refused = await run({ steps: [restore()] })
    expect([refused.code === 0, refused.said]).toEqual([false, expect.stringContaining(`it holds ${outside}, where this step may not write`)])
    expect(existsSync(outside)).toBe(false)
    const back = await run({ steps: [restore(), sh('cat x/target/1 y/target/2; ls y')], more: { sharedPaths: [outside] } })
    expect([back.code, back.said]).toEqual([0, expect.stringContaining('1\n')])
    expect(back.said).not.toContain('no\n')
    expect(readFileSync(join(outside, 'o'), 'utf8')).toBe('o\n')
  })

  it('fails when a path names nothing', async () => {
    const { run } = project()
    const { code, said } = await run({ steps: [save({ sourcePaths: ['nowhere'] })] })
    expect([code === 0, said]).toEqual([false, expect.stringContaining('STEP_CACHE_PATH_MISSING')])
  })

  it('restores every key that begins alike when strict matching is off, the newest last', async () => {
    const { run } = project()
    const of = (key: string, text: string) => [sh(`mkdir deps; echo ${text} > deps/x; echo ${text} > deps/${text}`), save({ key })]
    await run({ steps: of('k-1', 'old') })
    await run({ steps: of('k-2', 'new') })
    const strict = await run({ steps: [restore({ key: 'k-' })] })
    expect(strict.said).toContain('nothing is saved under k-')
    const { said } = await run({ steps: [restore({ key: 'k-' }), sh('cat deps/x; ls deps')], variables: { PLUGIN_STRICT_KEY_MATCHING: 'false' } })
    expect(said).toMatch(/new\n.*new\n.*old\n/s)
  })

  it('says that storage of a provider without a bucket is this machine', async () => {
    const { run } = project()
    const { code, said } = await run({ steps: [restore({ providerType: 'S3' })] })
    expect([code, said]).toEqual([0, expect.stringContaining('STEP_CACHE_KEPT_HERE')])
  })

  it('is counted and taken away with the build cache', async () => {
    const { run, world } = project()
    await run({ steps: [makeDeps, save()] })
    const items = async () => (JSON.parse((await world.run('cache', 'du', '--json')).out) as { items: { kind: string; name: string }[] }).items
    expect(await items()).toEqual([expect.objectContaining({ kind: 'saved files', name: 'deps' })])
    expect((await world.run('cache', 'prune', '--all')).out).toContain('saved files')
    expect(await items()).toEqual([])
  })
})

describe('caching of a stage', () => {
  const caching = (more: Readonly<Record<string, unknown>> = {}) => ({ caching: { enabled: true, key: 'mine', paths: ['deps'], ...more } })

  it('restores first and saves last, as steps of their own', async () => {
    const { run } = project()
    const stage = { steps: [sh('test -f deps/x && echo was there; mkdir -p deps; echo 1 > deps/x')], more: caching() }
    const first = await run(stage)
    expect([first.code, first.said.includes('was there\n')]).toEqual([0, false])
    expect(first.said).toMatch(/nothing is saved under mine.*saved under mine/s)
    const second = await run(stage)
    expect([second.code, second.said.includes('was there\n')]).toEqual([0, true])
    expect(second.said).toMatch(/s0\/restore-cache-harness.*s0\/work.*s0\/save-cache-harness/s)
  })

  it('saves nothing when a step failed', async () => {
    const { run } = project()
    await run({ steps: [sh('mkdir deps; echo 1 > deps/x; exit 3')], more: caching() })
    expect((await run({ steps: [sh('ls deps')], more: caching() })).said).toContain('nothing is saved under mine')
  })

  it.each([
    ['pull', [true, false]],
    ['push', [false, true]],
    ['pull-push', [true, true]],
  ])('policy %s', async (policy, expected) => {
    const { run } = project()
    const { said } = await run({ steps: [sh('mkdir deps')], more: caching({ policy }) })
    expect([said.includes('restore-cache-harness'), said.includes('save-cache-harness')]).toEqual(expected)
  })

  it('replaces what is saved, unless override is false', async () => {
    const { run } = project()
    const of = (text: string, more = {}) => ({ steps: [sh(`mkdir -p deps; echo ${text} > deps/x`)], more: caching(more) })
    await run(of('one'))
    await run(of('two'))
    expect((await run({ steps: [sh('cat deps/x')], more: caching({ policy: 'pull' }) })).said).toContain('two\n')
    await run(of('three', { override: false }))
    expect((await run({ steps: [sh('cat deps/x')], more: caching({ policy: 'pull' }) })).said).toContain('two\n')
  })

  it('finds the folders of known tools, keyed by what they depend on', async () => {
    const { run } = project()
    const stage = (lock: string, body: string) => ({
      steps: [sh(body)],
      more: { cloneCodebase: true, caching: { enabled: true } },
      files: lock,
    })
    const dir = project()
    const go = async (lock: string, body: string) => {
      dir.write({ 'package-lock.json': lock })
      const { steps, more } = stage(lock, body)
      return runHere(dir.dir, dir.world, [{ steps, more }])
    }
    expect((await go('{"v":1}', 'mkdir -p node_modules/x; echo 1 > node_modules/x/i')).said).toMatch(/saved under node-linux-amd64-[0-9a-f]{32}/)
    expect((await go('{"v":1}', 'cat node_modules/x/i && echo there')).said).toContain('there\n')
    expect((await go('{"v":2}', 'ls')).said).toContain('nothing is saved under node-linux-amd64-')
    const none = await run({ steps: [sh('true')], more: { caching: { enabled: true } } })
    expect([none.code, none.said]).toEqual([0, expect.stringContaining('STEP_CACHE_NOTHING_TO_DO')])
  })

  it('does not fail the stage when the cache cannot be used', async () => {
    const { run, world } = project()
    writeFileSync(join(world.home, 'step-cache'), 'a file in the way')
    const { code, said } = await run({ steps: [sh('mkdir deps')], more: caching() })
    expect([code, said]).toEqual([0, expect.stringContaining('STEP_CACHE_FOLDER_FAILED')])
  })
})

describe('on the infrastructure fake', () => {
  it.each([
    ['finding nothing', [], {}, 0, 'hit=false'],
    ['finding something', ['--var', 'FAKE.restore.OUT_cacheHit=true'], { failIfKeyNotFound: true }, 0, 'hit=true'],
    ['failing without', [], { failIfKeyNotFound: true }, 1, 'STEP_CACHE_MISSED'],
    ['failing as they are told', ['--var', 'FAKE.restore.FAIL=Connectivity'], {}, 1, 'REGISTRY_UNREACHABLE'],
  ])('the steps act, %s, and touch nothing', async (_what, more, spec, code, told) => {
    const { dir, world } = project()
    const show: StepText = {
      type: 'Run',
      id: 'show',
      spec: { command: 'x', envVariables: { FAKE_OUTPUT: 'hit=<+steps.restore.output.outputVariables.cacheHit>' } },
    }
    const ran = await runHere(dir, world, [{ steps: [restore(spec), show, save()], more: { caching: { enabled: true } } }], 'fake', more)
    expect([ran.code === 0 ? 0 : 1, ran.said]).toEqual([code, expect.stringContaining(told)])
    expect(existsSync(join(world.home, 'step-cache'))).toBe(false)
  })
})

describe('what was restored', () => {
  it('never goes through a link that is in the workspace', async () => {
    const { run, path } = project()
    await run({ steps: [makeDeps, save()] })
    mkdirSync(path('elsewhere'))
    const { code, said } = await run({ steps: [sh(`ln -s ${path('elsewhere')} deps`), restore()] })
    expect([code === 0, said]).toEqual([false, expect.stringContaining('nothing is unpacked through links')])
    expect(existsSync(path('elsewhere/tool'))).toBe(false)
  })
})

describe('in a cloud', () => {
  const account = 'saver@acme.iam.gserviceaccount.com'
  const provider = identityProvider('https://ci.example')
  const secrets = {
    SLIPWAY_SECRET_AWS: 'aws-secret-key',
    SLIPWAY_SECRET_AZURE: 'azure-secret',
    SLIPWAY_SECRET_GCP: JSON.stringify({ type: 'service_account', client_email: account, private_key: provider.privatePem }),
  }
  const manual = (spec: object) => ({ credential: { type: 'ManualConfig', spec } })
  const connectors = {
    aws: { type: 'Aws', spec: manual({ accessKey: 'AKIAACME', secretKeyRef: 'aws' }) },
    gcp: { type: 'Gcp', spec: manual({ secretKeyRef: 'gcp' }) },
    azure: { type: 'Azure', spec: manual({ applicationId: 'app', tenantId: 't', auth: { type: 'Secret', spec: { secretRef: 'azure' } } }) },
  }

  async function stores() {
    const s3 = await startS3({ keys: { AKIAACME: { secret: 'aws-secret-key' } }, bucket: 'acme-cache', region: 'eu-west-1' })
    const google = await startGoogle({ token: 'google-token', accounts: { [account]: provider.privatePem } })
    const gcs = await startGcs({ token: 'google-token', bucket: 'acme-cache' })
    const entra = await startAzure({ registry: 'x.azurecr.io', clients: { app: { tenant: 't', secret: 'azure-secret' } } })
    const blobs = await startBlobs({ account: 'acme', container: 'cache', knows: (token) => token.startsWith('storage-token-') })
    onTestFinished(async () => void (await Promise.all([s3, google, gcs, entra, blobs].map((one) => one.stop()))))
    const hosts = [
      { match: '*.s3.eu-west-1.amazonaws.com', endpoint: s3.url },
      { match: 'storage.googleapis.com', endpoint: gcs.url },
      { match: 'acme.blob.core.windows.net', endpoint: blobs.url },
      ...google.hosts,
      ...entra.hosts,
    ]
    return { hosts, s3, gcs, blobs }
  }

  it.each([
    ['S3', { bucket: 'acme-cache', region: 'eu-west-1', connectorRef: 'account.aws' }, 'in s3://acme-cache'],
    ['GCS', { bucket: 'acme-cache', connectorRef: 'gcp' }, 'in gs://acme-cache'],
    ['Azure', { storageAccount: 'acme', containerName: 'cache', connectorRef: 'azure' }, 'in cache of acme'],
  ])('%s: what one machine saves another restores, with the login of the connector', async (cloud, place, told) => {
    const { hosts, s3, gcs, blobs } = await stores()
    const steps = {
      save: pipelineText({
        steps: [makeDeps, { type: `SaveCache${cloud}`, id: 'save', spec: { key: 'deps', sourcePaths: ['deps'], archiveFormat: 'Zstd', ...place } }],
      }),
      restore: pipelineText({
        steps: [{ type: `RestoreCache${cloud}`, id: 'restore', spec: { key: 'deps', failIfKeyNotFound: true, ...place } }, sh('cat deps/b')],
      }),
    }
    const machine = async (pipeline: string, env: Readonly<Record<string, string>> = secrets) => {
      const { dir } = tempProject({ 'p.yaml': pipeline, '.slipway/config.yaml': configText(connectors, hosts) })
      const ran = await slipwayHere(dir, { HOME: dir, ...env }, 'run', 'p.yaml', '--on', 'local', '--output', 'plain')
      const said = `${ran.out}${ran.err}`
      expect(said).not.toMatch(/aws-secret-key|azure-secret|google-token|storage-token|PRIVATE KEY/)
      return { code: ran.code, said }
    }
    const early = await machine(steps.restore)
    expect([early.code === 0, early.said]).toEqual([false, expect.stringContaining('STEP_CACHE_MISSED')])
    const saved = await machine(steps.save)
    expect([saved.code, saved.said]).toEqual([0, expect.stringContaining(`saved under deps ${told}`)])
    expect([s3, gcs, blobs].map(({ objects }) => objects.size).toSorted()).toEqual([0, 0, 1])
    const restored = await machine(steps.restore)
    expect([restored.code, restored.said]).toEqual([0, expect.stringMatching(/restored what is saved under deps.*one\n/s)])
    if (cloud !== 'S3') return
    const wrong = await machine(steps.restore, { ...secrets, SLIPWAY_SECRET_AWS: 'another-secret' })
    expect([wrong.code === 0, wrong.said]).toEqual([false, expect.stringContaining('CLOUD_CREDENTIALS_REFUSED')])
  })

  it.each([
    ['S3', { bucket: 'acme-cache', region: 'eu-west-1', connectorRef: 'aws' }],
    ['GCS', { bucket: 'acme-cache', connectorRef: 'gcp' }],
    ['Azure', { storageAccount: 'acme', containerName: 'cache', connectorRef: 'azure' }],
  ])('%s: keeps layers for builds of other machines, as the folder that they go through', async (cloud, place) => {
    const { hosts } = await stores()
    const build = {
      type: 'BuildAndPushDockerRegistry',
      id: 'build',
      spec: { connectorRef: 'account.harnessImage', repo: 'acme/app', tags: ['1'], envVariables: { PLUGIN_NO_PUSH: 'true', PLUGIN_CACHE_DIR: 'layers' } },
    }
    const steps = [
      { type: `RestoreCache${cloud}`, id: 'restore', spec: { key: 'layers', ...place } },
      build,
      { type: `SaveCache${cloud}`, id: 'save', spec: { key: 'layers', sourcePaths: ['layers'], override: true, ...place } },
    ]
    const machine = async () => {
      const files = { Dockerfile: 'FROM scratch\nCOPY a.txt /\n', 'a.txt': 'hello', 'p.yaml': pipelineText({ steps, more: { cloneCodebase: true } }) }
      const { dir } = tempProject({ ...files, '.slipway/config.yaml': configText(connectors, hosts) })
      const ran = await slipwayHere(dir, { HOME: dir, ...secrets }, 'run', 'p.yaml', '--on', 'local', '--output', 'ndjson')
      return [ran.code, Number(/"kind":"image.built"[^\n]*"cached":(\d+)/.exec(ran.out)?.[1] ?? -1)]
    }
    expect([await machine(), await machine()]).toEqual([
      [0, 0],
      [0, 1],
    ])
  })

  it('an archive that somebody else put into the bucket writes nowhere else', async () => {
    const { hosts, s3 } = await stores()
    const place = { bucket: 'acme-cache', region: 'eu-west-1', connectorRef: 'aws' }
    const steps = [{ type: 'RestoreCacheS3', id: 'restore', spec: { key: 'deps', ...place } }]
    const { dir, path } = tempProject({ 'p.yaml': pipelineText({ steps }), '.slipway/config.yaml': configText(connectors, hosts) })
    const entry = { kind: 'file', path: `root${path('evil')}`, mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n, size: 4 } as const
    const bytes = await buffer(writeTar([{ entry, body: Buffer.from('evil') }], { signal: AbortSignal.timeout(60_000) }))
    s3.objects.set('slipway-cache/v1/deps.saved', { bytes, meta: {}, saved: Date.now(), tag: '"1"' })
    const ran = await slipwayHere(dir, { HOME: dir, ...secrets }, 'run', 'p.yaml', '--on', 'local', '--output', 'plain')
    expect([ran.code === 0, `${ran.out}${ran.err}`]).toEqual([false, expect.stringContaining('STEP_CACHE_ARCHIVE_REFUSED')])
    expect(existsSync(path('evil'))).toBe(false)
  })
})
