import { describe, expect, it } from 'vitest'
import { known } from '../../base/planned.ts'
import { showText, type Text } from '../../base/secret-text.ts'
import type { Variant } from '../../settings/vocabulary.ts'
import { job, settingsOf, type Vars } from '../job.testing.ts'
import { executorCommand } from './executor-command.ts'
import { executorFlags } from './executor-flags.ts'

const repos: Readonly<Record<Variant, Vars>> = {
  docker: { PLUGIN_REPO: 'acme/app' },
  ecr: { PLUGIN_REPO: 'app', PLUGIN_REGISTRY: '1.dkr.ecr.eu-west-1.amazonaws.com' },
  gar: { PLUGIN_REPO: 'app', PLUGIN_REGISTRY: 'europe-docker.pkg.dev/p/r' },
  gcr: { PLUGIN_REPO: 'p/app' },
  acr: { PLUGIN_REPO: 'app', PLUGIN_REGISTRY: 'boats.azurecr.io' },
}

function command(vars: Vars, { variant = 'docker', workspace = '/harness' }: { readonly variant?: Variant; readonly workspace?: string } = {}) {
  const family = { tool: 'kaniko', variant } as const
  const settings = settingsOf({ ...repos[variant], ...vars }, family)
  const variable = (name: string) => (name === 'TOKEN' ? known<Text>('from-outside') : undefined)
  return executorCommand(settings, job(settings, { family, workspace }), { family, workspace, connectors: false, variable })
}

const argsOf = (vars: Vars, o = {}): readonly string[] =>
  (command(vars, o)?.argv ?? []).slice(1).map((arg) => (arg.kind === 'known' ? showText(arg.value) : `${arg.source}?`))

const usual = ['--dockerfile=/harness/Dockerfile', '--context=dir:///harness', '--destination=acme/app:latest', '--digest-file=/kaniko/digest-file']

/** What variables add to the usual command, and what they take from it. */
function change(vars: Vars): { readonly more: readonly string[]; readonly less: readonly string[] } {
  const args = argsOf(vars)
  return { more: args.filter((arg) => !usual.includes(arg)), less: usual.filter((arg) => !args.includes(arg)) }
}

describe('the executor', () => {
  it('is told where to build, what to push and where to leave the digest', () => {
    expect(command({})?.argv[0]).toEqual(known('/kaniko/executor'))
    expect(argsOf({})).toEqual(usual)
  })

  const rows: readonly (readonly [vars: Vars, more: readonly string[], less?: readonly string[]])[] = [
    [{ PLUGIN_DOCKERFILE: 'a/My.Dockerfile' }, ['--dockerfile=/harness/a/My.Dockerfile'], ['--dockerfile=/harness/Dockerfile']],
    [{ PLUGIN_CONTEXT: 'src' }, ['--context=dir:///harness/src'], ['--context=dir:///harness']],
    [{ PLUGIN_CONTEXT: 's3://bucket/context.tar.gz' }, ['--context=s3://bucket/context.tar.gz'], ['--context=dir:///harness']],
    [
      { PLUGIN_CONTEXT: 'https://github.com/acme/app.git#refs/heads/main' },
      ['--context=git://github.com/acme/app.git#refs/heads/main'],
      ['--context=dir:///harness'],
    ],
    [{ PLUGIN_CONTEXT: 'src', PLUGIN_CONTEXT_SUB_PATH: 'deep' }, ['--context=dir:///harness/src', '--context-sub-path=deep'], ['--context=dir:///harness']],
    [{ PLUGIN_TAGS: '1,2' }, ['--destination=acme/app:1', '--destination=acme/app:2'], ['--destination=acme/app:latest']],
    [
      { PLUGIN_REPO: 'app', PLUGIN_REGISTRY: 'https://ghcr.io/acme', PLUGIN_EXPAND_REPO: 'true' },
      ['--destination=ghcr.io/acme/app:latest'],
      ['--destination=acme/app:latest'],
    ],
    [
      { PLUGIN_TAGS: 'v1.2.3', PLUGIN_EXPAND_TAG: 'true' },
      ['--destination=acme/app:1', '--destination=acme/app:1.2', '--destination=acme/app:1.2.3'],
      ['--destination=acme/app:latest'],
    ],
    [
      { PLUGIN_AUTO_TAG: 'true', PLUGIN_AUTO_TAG_SUFFIX: 'arm', DRONE_COMMIT_REF: 'refs/tags/v0.3.1' },
      ['--destination=acme/app:0.3-arm', '--destination=acme/app:0.3.1-arm'],
      ['--destination=acme/app:latest'],
    ],
    [{ PLUGIN_BUILD_ARGS: 'A=1,B=2' }, ['--build-arg=A=1', '--build-arg=B=2']],
    [{ PLUGIN_BUILD_ARGS_NEW: 'A=1,2;B=3', PLUGIN_MULTIPLE_BUILD_ARGS: 'true' }, ['--build-arg=A=1,2', '--build-arg=B=3']],
    [{ PLUGIN_TARGET: 'deck' }, ['--target=deck']],
    [{ PLUGIN_CUSTOM_LABELS: 'a=1,b=two' }, ['--label=a=1', '--label=b=two']],
    [{ PLUGIN_REGISTRY_MIRRORS: 'one.example,two.example/path' }, ['--registry-mirror=one.example', '--registry-mirror=two.example/path']],
    [{ PLUGIN_SKIP_DEFAULT_REGISTRY_FALLBACK: 'true' }, ['--skip-default-registry-fallback']],
    [{ PLUGIN_SKIP_TLS_VERIFY: 'true' }, ['--skip-tls-verify=true']],
    [{ PLUGIN_SKIP_TLS_VERIFY_PULL: 'true' }, ['--skip-tls-verify-pull']],
    [{ PLUGIN_SKIP_TLS_VERIFY_REGISTRY: 'a.example,b.example' }, ['--skip-tls-verify-registry=a.example', '--skip-tls-verify-registry=b.example']],
    [{ PLUGIN_SKIP_TLS_VERIFY_REGISTRY: 'true' }, ['--skip-tls-verify=true', '--skip-tls-verify-pull']],
    [{ PLUGIN_INSECURE: 'true' }, ['--insecure']],
    [{ PLUGIN_INSECURE_PULL: 'true' }, ['--insecure-pull']],
    [{ PLUGIN_INSECURE_REGISTRY: 'a.example:5000' }, ['--insecure-registry=a.example:5000']],
    [{ PLUGIN_REGISTRY_CERTIFICATE: 'a.example=ca.pem' }, ['--registry-certificate=a.example=ca.pem']],
    [{ PLUGIN_REGISTRY_CLIENT_CERT: 'a.example=c.crt,c.key' }, ['--registry-client-cert=a.example=c.crt,c.key']],
    [{ PLUGIN_SKIP_PUSH_PERMISSION_CHECK: 'true' }, ['--skip-push-permission-check']],
    [{ PLUGIN_SNAPSHOT_MODE: 'redo' }, ['--snapshot-mode=redo']],
    [{ PLUGIN_SINGLE_SNAPSHOT: 'true' }, ['--single-snapshot']],
    [{ PLUGIN_REPRODUCIBLE: 'true' }, ['--reproducible']],
    [{ PLUGIN_USE_NEW_RUN: 'true' }, ['--use-new-run']],
    [{ PLUGIN_FORCE: 'true' }, ['--force']],
    [{ PLUGIN_LOG_TIMESTAMP: 'true' }, ['--log-timestamp']],
    [{ PLUGIN_CACHE_COPY_LAYERS: 'true' }, ['--cache-copy-layers']],
    [{ PLUGIN_SKIP_UNUSED_STAGES: 'true' }, ['--skip-unused-stages']],
    [{ PLUGIN_CLEANUP: 'true' }, ['--cleanup=true']],
    [{ PLUGIN_CACHE_RUN_LAYERS: 'true' }, ['--cache-run-layers=true']],
    [{ PLUGIN_CACHE_RUN_LAYERS: 'false' }, ['--cache-run-layers=false']],
    [{ PLUGIN_COMPRESSED_CACHING: 'false' }, ['--compressed-caching=false']],
    [{ PLUGIN_COMPRESSED_CACHING: 'true' }, ['--compressed-caching=true']],
    [{ PLUGIN_IGNORE_VAR_RUN: 'false' }, ['--ignore-var-run=false']],
    [{ PLUGIN_ENABLE_CACHE: 'true' }, ['--cache=true', '--cache-repo=acme/app/cache']],
    [{ PLUGIN_ENABLE_CACHE: 'true', PLUGIN_CACHE_REPO: 'acme/layers' }, ['--cache=true', '--cache-repo=acme/layers']],
    [{ PLUGIN_ENABLE_CACHE: 'false', PLUGIN_CACHE_REPO: 'acme/layers' }, []],
    [{ PLUGIN_CACHE_TTL: '5' }, ['--cache-ttl=5h']],
    [{ PLUGIN_CACHE_DIR: '/cache' }, ['--cache-dir=/cache']],
    [{ PLUGIN_IGNORE_PATH: '/a,/b' }, ['--ignore-path=/a', '--ignore-path=/b']],
    [{ PLUGIN_IGNORE_PATHS: '/a,/b' }, ['--ignore-path=/a', '--ignore-path=/b']],
    [{ PLUGIN_PLATFORM: 'linux/arm64' }, ['--custom-platform=linux/arm64']],
    [{ PLUGIN_CUSTOM_PLATFORM: 'linux/arm64' }, ['--custom-platform=linux/arm64']],
    [{ PLUGIN_NO_PUSH: 'true' }, ['--no-push'], ['--destination=acme/app:latest']],
    [{ PLUGIN_TAR_PATH: 'out/image.tar' }, ['--tar-path=/harness/out/image.tar']],
    [{ PLUGIN_DESTINATION_TAR_PATH: 'image.tar', PLUGIN_NO_PUSH: 'true' }, ['--no-push', '--tar-path=/harness/image.tar']],
    [
      { PLUGIN_REPO: '', PLUGIN_TAR_PATH: 'image.tar', PLUGIN_NO_PUSH: 'true' },
      ['--destination=image:latest', '--no-push', '--tar-path=/harness/image.tar'],
      ['--destination=acme/app:latest'],
    ],
    [
      { PLUGIN_ENABLE_CACHE: 'true', PLUGIN_NO_PUSH: 'true' },
      ['--cache=true', '--cache-repo=acme/app/cache', '--no-push', '--no-push-cache'],
      ['--destination=acme/app:latest'],
    ],
    [{ PLUGIN_OCI_LAYOUT_PATH: 'layout' }, ['--oci-layout-path=/harness/layout']],
    [{ PLUGIN_IMAGE_NAME_WITH_DIGEST_FILE: 'names' }, ['--image-name-with-digest-file=/harness/names']],
    [{ PLUGIN_IMAGE_NAME_TAG_WITH_DIGEST_FILE: 'tags' }, ['--image-name-tag-with-digest-file=/harness/tags']],
    [{ PLUGIN_DIGEST_FILE: 'digest' }, ['--digest-file=/harness/digest'], ['--digest-file=/kaniko/digest-file']],
    [{ PLUGIN_PUSH_RETRY: '3' }, ['--push-retry=3']],
    [{ PLUGIN_IMAGE_FS_EXTRACT_RETRY: '2' }, ['--image-fs-extract-retry=2']],
    [{ PLUGIN_IMAGE_DOWNLOAD_RETRY: '4' }, ['--image-download-retry=4']],
    [{ PLUGIN_VERBOSITY: 'debug' }, ['--verbosity=debug']],
    [{ PLUGIN_LOG_FORMAT: 'json' }, ['--log-format=json']],
    [{ PLUGIN_GIT: 'branch=main', PLUGIN_BUCKET: 'bucket' }, ['--git=branch=main', '--bucket=bucket']],
    [{ PLUGIN_COMPRESSION: 'zstd', PLUGIN_COMPRESSION_LEVEL: '9' }, ['--compression=zstd', '--compression-level=9']],
    [{ PLUGIN_FORCE_BUILD_METADATA: 'true', PLUGIN_KANIKO_DIR: '/work' }, ['--force-build-metadata', '--kaniko-dir=/work']],
    [{ PLUGIN_ENABLE_CACHE: 'true', PLUGIN_NO_PUSH_CACHE: 'true' }, ['--cache=true', '--cache-repo=acme/app/cache', '--no-push-cache']],
    [{ PLUGIN_PUSH_IGNORE_IMMUTABLE_TAG_ERRORS: 'true' }, ['--push-ignore-immutable-tag-errors']],
    [{ PLUGIN_REGISTRY_MAP: 'docker.io=a.example;ghcr.io=b.example' }, ['--registry-map=docker.io=a.example;ghcr.io=b.example']],
    [{ PLUGIN_ARTIFACT_FILE: 'a.json', DRONE_OUTPUT: '/out', PLUGIN_USERNAME: 'ann', PLUGIN_PASSWORD: 'pw' }, []],
  ]
  it.each(rows.map(([vars, more, less = []]) => ({ vars, given: JSON.stringify(vars), more, less })))('takes $given', ({ vars, more, less }) => {
    expect(change(vars)).toEqual({ more, less })
  })

  it.each<readonly [Variant, Vars, readonly string[]]>([
    ['ecr', {}, ['--destination=1.dkr.ecr.eu-west-1.amazonaws.com/app:latest', '--cache=true', '--cache-repo=1.dkr.ecr.eu-west-1.amazonaws.com/app/cache']],
    [
      'ecr',
      { PLUGIN_CACHE_REPO: 'layers' },
      ['--destination=1.dkr.ecr.eu-west-1.amazonaws.com/app:latest', '--cache=true', '--cache-repo=1.dkr.ecr.eu-west-1.amazonaws.com/layers'],
    ],
    ['gar', {}, ['--destination=europe-docker.pkg.dev/p/r/app:latest', '--cache=true', '--cache-repo=europe-docker.pkg.dev/p/r/app/cache']],
    ['gcr', {}, ['--destination=gcr.io/p/app:latest', '--cache=true', '--cache-repo=gcr.io/p/app/cache']],
    ['acr', {}, ['--destination=boats.azurecr.io/app:latest', '--cache=true', '--cache-repo=boats.azurecr.io/app/cache']],
  ])('names the registry of %s before what is pushed and what is kept: %j', (variant, vars, expected) => {
    expect(argsOf({ PLUGIN_ENABLE_CACHE: 'true', ...vars }, { variant }).filter((arg) => /^--(?:destination|cache)/.test(arg))).toEqual(expected)
  })

  it.each(['docker', 'ecr', 'gar', 'gcr', 'acr'] as const)('takes for %s what the original reads for some registries only', (variant) => {
    const args = argsOf(
      { PLUGIN_SKIP_TLS_VERIFY: 'true', PLUGIN_IGNORE_PATHS: '/a', PLUGIN_TAR_PATH: 'i.tar', PLUGIN_IMAGE_NAME_WITH_DIGEST_FILE: 'n' },
      { variant },
    )
    expect(args).toEqual(
      expect.arrayContaining(['--skip-tls-verify=true', '--ignore-path=/a', '--tar-path=/harness/i.tar', '--image-name-with-digest-file=/harness/n']),
    )
  })

  it('gets its flags in one order, whatever the order of the variables', () => {
    const vars = {
      PLUGIN_IMAGE_DOWNLOAD_RETRY: '1',
      PLUGIN_NO_PUSH: 'true',
      PLUGIN_TAR_PATH: 'i.tar',
      PLUGIN_SNAPSHOT_MODE: 'time',
      PLUGIN_TARGET: 't',
      PLUGIN_BUILD_ARGS: 'A=1',
    }
    expect(argsOf(vars).map((arg) => arg.slice(2).split('=')[0])).toEqual([
      'dockerfile',
      'context',
      'destination',
      'build-arg',
      'target',
      'snapshot-mode',
      'digest-file',
      'no-push',
      'tar-path',
      'image-download-retry',
    ])
  })

  it('knows every flag that the executor has', () => {
    const all = `dockerfile context context-sub-path bucket git destination build-arg label target custom-platform skip-unused-stages snapshot-mode single-snapshot
      use-new-run reproducible force-build-metadata compression compression-level cache cache-repo cache-dir cache-copy-layers cache-run-layers cache-ttl
      compressed-caching no-push no-push-cache tar-path oci-layout-path digest-file image-name-with-digest-file image-name-tag-with-digest-file push-retry
      push-ignore-immutable-tag-errors skip-push-permission-check image-fs-extract-retry image-download-retry insecure insecure-pull insecure-registry
      skip-tls-verify skip-tls-verify-pull skip-tls-verify-registry registry-certificate registry-client-cert registry-mirror registry-map
      skip-default-registry-fallback ignore-path ignore-var-run cleanup kaniko-dir force verbosity log-format log-timestamp`
    expect(Object.keys(executorFlags).toSorted()).toEqual(all.split(/\s+/).toSorted())
  })

  it('is not needed where nothing is built', () => {
    expect(command({ PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'i.tar' })).toBeUndefined()
  })

  it('finds logins in files and variables, never in its arguments', () => {
    const docker = command({ PLUGIN_USERNAME: 'ann', PLUGIN_PASSWORD: 'hunter-two' })
    expect([docker?.env, docker?.files]).toEqual([{ DOCKER_CONFIG: known('/kaniko/.docker') }, [{ path: '/kaniko/.docker/config.json', holds: 'logins' }]])
    const ecr = command({ PLUGIN_ACCESS_KEY: 'AKIA', PLUGIN_SECRET_KEY: 'hunter-two', PLUGIN_REGION: 'eu-west-1' }, { variant: 'ecr' })
    expect(ecr?.env).toMatchObject({
      AWS_REGION: known('eu-west-1'),
      AWS_ACCESS_KEY_ID: { value: { kind: 'hidden' } },
      AWS_SECRET_ACCESS_KEY: { value: { kind: 'hidden' } },
    })
    const gar = command({ PLUGIN_JSON_KEY: '{"private_key": "hunter-two"}' }, { variant: 'gar' })
    expect(gar?.env['GOOGLE_APPLICATION_CREDENTIALS']).toEqual(known('/kaniko/config.json'))
    expect(gar?.files).toEqual([{ path: '/kaniko/config.json', holds: 'google-key' }])
    for (const one of [docker, ecr, gar]) expect(JSON.stringify(one)).not.toContain('hunter-two')
  })

  it('gets a secret build argument by its name, and its value in the environment', () => {
    const secret = { kind: 'secret-text', pieces: [{ secret: 'pw' }] } as const
    const pairs: Text = { kind: 'secret-text', pieces: ['A=1,PASS=', { secret: 'pw' }, ',TOKEN,NOBODY'] }
    const made = command({ PLUGIN_BUILD_ARGS: pairs })
    expect(made?.argv.slice(4, 7)).toEqual([known('--build-arg=A=1'), known('--build-arg=PASS'), known('--build-arg=TOKEN')])
    expect(made?.env).toMatchObject({ PASS: known(secret), TOKEN: known('from-outside') })
    expect(JSON.stringify(made?.argv)).not.toMatch(/secret|NOBODY|from-outside/)
  })
})
