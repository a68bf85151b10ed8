import { describe, expect, it } from 'vitest'
import { known } from '../base/planned.ts'
import { joinText, secretText } from '../base/secret-text.ts'
import type { BuildSource } from './build-source.ts'
import { splitCommaOptions } from './buildx-options/split.ts'
import { both, codesOf, fieldSettings, job, plan, settingsOf, type Vars } from './job.testing.ts'
import type { JobContext } from './job-from.ts'

const full: Vars = { PLUGIN_REPO: 'acme/app' }

function build(vars: Vars, context: Partial<JobContext> = {}, tool: 'kaniko' | 'buildx' = 'kaniko'): BuildSource {
  const family = { tool, variant: 'docker' } as const
  const { source } = job(settingsOf({ ...full, ...vars }, family), { family, ...context })
  if (source.kind !== 'build') throw new Error(source.kind)
  return source
}

describe('places', () => {
  it('start at the workspace', () => {
    expect(build({})).toMatchObject({ context: known('/harness'), dockerfile: known('/harness/Dockerfile') })
    expect(build({ PLUGIN_CONTEXT: './src/', PLUGIN_CONTEXT_SUB_PATH: 'api', PLUGIN_DOCKERFILE: 'docker/Dockerfile', PLUGIN_TARGET: 'prod' })).toMatchObject({
      context: known('/harness/src/api'),
      dockerfile: known('/harness/docker/Dockerfile'),
      target: known('prod'),
    })
  })
})

describe('build arguments', () => {
  const value = (name: string, text: string) => ({ kind: 'value', name, value: text })

  it.each([
    [{ PLUGIN_BUILD_ARGS: 'A=1,B=2' }, [value('A', '1'), value('B', '2')], []],
    [{ PLUGIN_BUILD_ARGS: 'A' }, [{ kind: 'environment', name: 'A', from: ['A'] }], []],
    [{ PLUGIN_BUILD_ARGS_NEW: 'A=1,2;B=3', PLUGIN_MULTIPLE_BUILD_ARGS: 'true', PLUGIN_BUILD_ARGS: 'C=4' }, [value('A', '1,2'), value('B', '3')], []],
    [{ PLUGIN_BUILD_ARGS_NEW: 'A=1,2;B=3' }, [value('A', '1,2'), value('B', '3')], ['JOB_ARGS_WITHOUT_SWITCH']],
    [{ PLUGIN_BUILD_ARGS_NEW: 'A=1', PLUGIN_BUILD_ARGS: 'C=4' }, [value('C', '4')], ['JOB_TWO_ARG_LISTS']],
    [
      { PLUGIN_BUILD_ARGS_FROM_ENV: 'token' },
      [
        { kind: 'environment', name: 'token', from: ['token', 'TOKEN'] },
        { kind: 'environment', name: 'TOKEN', from: ['token', 'TOKEN'] },
      ],
      [],
    ],
  ] as const)('%j', (vars, args, codes) => {
    expect(build(vars as Vars).args).toEqual(known(args))
    expect(codesOf(plan(settingsOf({ ...full, ...(vars as Vars) })))).toEqual(codes)
  })
})

describe('secrets and keys', () => {
  it('come from variables, files or the secret store', () => {
    const settings = fieldSettings('docker', {
      connectorRef: 'c',
      repo: 'a/b',
      tags: ['1'],
      envDockerSecrets: { USERNAME: 'a_user', PASSWORD: secretText('pw') },
      fileDockerSecrets: { user2: secretText('myusername'), user3: '/harness/test.txt', user4: 'here.txt' },
      sshKeys: { git: secretText('key'), other: 'id_rsa' },
    })
    const { source } = job(settings)
    expect(source).toMatchObject({
      secrets: known([
        { id: 'USERNAME', from: { kind: 'environment', name: 'a_user' } },
        { id: 'PASSWORD', from: { kind: 'value', value: secretText('pw') } },
        { id: 'user2', from: { kind: 'value', value: secretText('myusername') } },
        { id: 'user3', from: { kind: 'file', path: '/harness/test.txt' } },
        { id: 'user4', from: { kind: 'file', path: '/harness/here.txt' } },
      ]),
      ssh: known([
        { id: 'git', from: { kind: 'value', value: secretText('key') } },
        { id: 'other', from: { kind: 'file', path: '/harness/id_rsa' } },
      ]),
    })
  })

  it('may be one option, or an agent key', () => {
    const source = build({ PLUGIN_SECRET: 'id=x,src=f', PLUGIN_SSH_AGENT_KEY: secretText('k') }, {}, 'buildx')
    expect(source.secrets).toEqual(known([{ id: 'x', from: { kind: 'file', path: '/harness/f' } }]))
    expect(source.ssh).toEqual(known([{ id: 'default', from: { kind: 'value', value: secretText('k') } }]))
  })
})

describe('labels', () => {
  const git = { commitSha: 'abc', remoteUrl: 'https://g/r', repoLink: 'https://l' }

  it('are made from git with the tools that do so, and the user has the last word', () => {
    const source = build({ PLUGIN_CUSTOM_LABELS: 'a=b,org.opencontainers.image.url=mine', PLUGIN_LABEL_SCHEMA: 'title=T' }, git, 'buildx')
    expect(source.createdLabel).toBe(true)
    expect(source.labels).toEqual(
      known([
        { name: 'org.opencontainers.image.revision', value: 'abc' },
        { name: 'org.opencontainers.image.source', value: 'https://g/r' },
        { name: 'org.opencontainers.image.url', value: 'mine' },
        { name: 'org.opencontainers.image.title', value: 'T' },
        { name: 'a', value: 'b' },
      ]),
    )
  })

  it('are not made by default with kaniko, nor when switched off', () => {
    expect(build({}, git)).toMatchObject({ labels: known([]), createdLabel: false })
    expect(build({ PLUGIN_AUTO_LABEL: 'false' }, git, 'buildx')).toMatchObject({ labels: known([]), createdLabel: false })
  })

  it('carry a fixed time in a reproducible image', () => {
    expect(build({ PLUGIN_REPRODUCIBLE: 'true' }).created).toEqual({ kind: 'at', seconds: 0 })
    expect(build({ PLUGIN_REPRODUCIBLE: 'true', SOURCE_DATE_EPOCH: '1700000000' }).created).toEqual({ kind: 'at', seconds: 1700000000 })
    expect(build({}).created).toEqual({ kind: 'now' })
  })
})

describe('the cache', () => {
  it('is a named repository, in the registry of its type', () => {
    const family = { tool: 'kaniko', variant: 'ecr' } as const
    const spec = { connectorRef: 'c', region: 'us-east-1', account: '123456789012', imageName: 'app', tags: ['1'], remoteCacheImage: 'app/cache' }
    const ref = { type: 'registry', attributes: { ref: '123456789012.dkr.ecr.us-east-1.amazonaws.com/app/cache' } }
    expect(job(fieldSettings('ecr', spec), { family }).source).toMatchObject({ cache: { from: known([ref]), to: known([ref]) } })
    expect(build({ PLUGIN_CACHE_REPO: 'ghcr.io/acme/cache' }).cache.from).toEqual(known([{ type: 'registry', attributes: { ref: 'ghcr.io/acme/cache' } }]))
  })

  it('fills placeholders with credentials by name, and drops those that are not set', () => {
    const vars = {
      PLUGIN_CACHE_TO: 'type=s3,bucket=b,harness_placeholder_aws_creds;type=gcs,bucket=g,harness_placeholder_gcp_creds',
      PLUGIN_HARNESS_SELF_HOSTED_S3_ACCESS_KEY: 'id',
      PLUGIN_HARNESS_SELF_HOSTED_S3_SECRET_KEY: secretText('s3'),
      PLUGIN_PATH_STYLE: 'true',
    }
    const kept = { mode: 'max', 'ignore-error': 'true' }
    expect(build(vars, {}, 'buildx').cache.to).toEqual(
      known([
        { type: 's3', attributes: { ...kept, use_path_style: 'true', bucket: 'b', access_key_id: 'id', secret_access_key: secretText('s3') } },
        { type: 'gcs', attributes: { ...kept, bucket: 'g' } },
      ]),
    )
  })

  it('fills those of Google and Azure too, and leaves certificates unchecked when told to', () => {
    const vars = {
      PLUGIN_CACHE_TO: 'type=gcs,bucket=g,harness_placeholder_gcp_creds;type=azblob,account_url=u,harness_placeholder_azure_creds;type=s3,bucket=b',
      PLUGIN_CACHE_TLS_INSECURE: 'true',
      PLUGIN_HARNESS_SELF_HOSTED_GCP_JSON_KEY: 'google',
      PLUGIN_HARNESS_SELF_HOSTED_AZURE_ACCOUNT_KEY: 'account',
      PLUGIN_HARNESS_SELF_HOSTED_AZURE_TENANT_ID: 'tenant',
      PLUGIN_HARNESS_SELF_HOSTED_AZURE_CLIENT_ID: 'client',
      PLUGIN_HARNESS_SELF_HOSTED_AZURE_CLIENT_SECRET: 'secret',
      PLUGIN_HARNESS_SELF_HOSTED_AZURE_OIDC_TOKEN: 'token',
    }
    const azure = { account_key: 'account', tenant_id: 'tenant', client_id: 'client', client_secret: 'secret', oidc_token: 'token' }
    expect(build(vars, {}, 'buildx').cache.to).toMatchObject(
      known([{ attributes: { gcp_json_key: 'google' } }, { attributes: azure }, { attributes: { tls_insecure_skip_verify: 'true' } }]),
    )
  })

  it('knows the switches of kaniko', () => {
    expect(
      build({
        PLUGIN_CACHE_RUN_LAYERS: 'false',
        PLUGIN_CACHE_COPY_LAYERS: 'true',
        PLUGIN_CACHE_TTL: '5',
        PLUGIN_CACHE_DIR: 'c',
        PLUGIN_COMPRESSED_CACHING: 'false',
      }).cache,
    ).toMatchObject({
      runLayers: false,
      copyLayers: true,
      anew: ['run'],
      ttlHours: 5,
      folder: known('/harness/c'),
      compressed: false,
    })
    expect(build({}).cache.compressed).toBeUndefined()
  })

  it('shares no copies and no old results by default where kaniko is the tool, and everything elsewhere', () => {
    expect(build({}).cache).toMatchObject({ runLayers: true, copyLayers: false, anew: [], ttlHours: 336 })
    expect(build({ PLUGIN_CACHE_COPY_LAYERS: 'false' }).cache.anew).toEqual(['copy'])
    expect(build({}, {}, 'buildx').cache).toMatchObject({ runLayers: true, copyLayers: true, anew: [] })
    expect(build({}, {}, 'buildx').cache.ttlHours).toBeUndefined()
  })
})

describe('buildx options', () => {
  it.each([
    ['--platform=linux/amd64,linux/arm64,--no-cache', [{ name: '--platform', value: 'linux/amd64,linux/arm64' }, { name: '--no-cache' }]],
    ['--ssh=sshkey=/harness/id_ed25519', [{ name: '--ssh', value: 'sshkey=/harness/id_ed25519' }]],
    ['--provenance=false', [{ name: '--provenance', value: 'false' }]],
    [
      '--secret id=a,src=b,--target x',
      [
        { name: '--secret', value: 'id=a,src=b' },
        { name: '--target', value: 'x' },
      ],
    ],
    ['--secret,id=a,src=b', [{ name: '--secret', value: 'id=a,src=b' }]],
    ['--ssh default --no-cache', [{ name: '--ssh', value: 'default' }, { name: '--no-cache' }]],
    ['--no-cache --pull', [{ name: '--no-cache' }, { name: '--pull' }]],
    ['-t=a/b:1', [{ name: '--tag', value: 'a/b:1' }]],
    ['', []],
  ])('%j is read by its grammar', (text, expected) => {
    expect(splitCommaOptions(text)).toEqual(expected)
  })

  it('become part of the job', () => {
    const source = build(
      {
        PLUGIN_BUILDX_OPTIONS: joinText(
          '--platform=linux/amd64,linux/arm64,--ssh=sshkey=/harness/id_ed25519,--build-arg=A=',
          secretText('s'),
          ',--provenance=false,--add-host=h:1.2.3.4',
        ),
        PLUGIN_BUILDX_OPTIONS_SEMICOLON: '--label=l=a,b;--network=host;--cache-from=type=registry,ref=r/c;--target=t;--no-cache;--secret=id=i,env=E',
      },
      {},
      'buildx',
    )
    expect(source).toMatchObject({
      platforms: known(['linux/amd64', 'linux/arm64']),
      ssh: known([{ id: 'sshkey', from: { kind: 'file', path: '/harness/id_ed25519' } }]),
      args: known([{ kind: 'value', name: 'A', value: secretText('s') }]),
      provenance: 'false',
      target: known('t'),
      network: { mode: 'host', addHost: known(['h:1.2.3.4']) },
      cache: { use: false, from: known([{ type: 'registry', attributes: { ref: 'r/c' } }]) },
      secrets: known([{ id: 'i', from: { kind: 'environment', name: 'E' } }]),
    })
    expect(source.labels).toMatchObject({ value: expect.arrayContaining([{ name: 'l', value: 'a,b' }]) })
  })

  it.each([
    ['--platfrom=linux/amd64', 'JOB_OPTION_UNKNOWN'],
    ['--frobnicate', 'JOB_OPTION_UNKNOWN'],
    ['foo', 'JOB_OPTION_UNKNOWN'],
    ['--target', 'JOB_OPTION_VALUE'],
    ['--no-cache=maybe', 'JOB_OPTION_VALUE'],
    ['--ulimit=nofile=1', 'JOB_OPTION_NO_EFFECT'],
    ['--output=type=local,dest=out', 'JOB_OUTPUT_KIND'],
  ])('%s is %s', (text, code) => {
    expect(codesOf(plan(settingsOf({ ...full, PLUGIN_BUILDX_OPTIONS: text })))).toEqual([code])
  })

  it('that only the tool understands are handed to it, where it builds', () => {
    const options = settingsOf({ ...full, PLUGIN_BUILDX_OPTIONS: '--ulimit=nofile=1,--shm-size=1g,--annotation=a=b,c' })
    const { source } = job(options, { engine: 'buildx' })
    expect(source).toMatchObject({ toolOptions: ['--ulimit=nofile=1', '--shm-size=1g', '--annotation=a=b,c'] })
    expect(plan(options, { engine: 'buildx' }).diagnostics).toEqual([])
    expect(codesOf(plan(settingsOf({ ...full, PLUGIN_BUILDX_OPTIONS: joinText('--shm-size=', secretText('s')) }), { engine: 'buildx' }))).toEqual([
      'JOB_OPTION_VALUE',
    ])
  })

  it('and settings name a builder: driver, options of two generations, file, address, version', () => {
    const builderOf = (vars: Vars) => {
      const { source } = job(settingsOf({ ...full, ...vars }))
      return source.kind === 'build' ? source.builder : undefined
    }
    expect(builderOf({})).toBeUndefined()
    expect(
      builderOf({
        PLUGIN_BUILDER_NAME: 'mine',
        PLUGIN_BUILDER_DRIVER: 'docker-container',
        PLUGIN_BUILDER_DRIVER_OPTS: 'network=host',
        PLUGIN_BUILDER_CONFIG: 'buildkitd.toml',
        PLUGIN_BUILDKIT_VERSION: 'v0.16.0',
      }),
    ).toEqual({
      name: known('mine'),
      driver: known('docker-container'),
      driverOptions: known(['network=host']),
      configFile: known('/harness/buildkitd.toml'),
      buildkitVersion: known('v0.16.0'),
    })
    expect(
      builderOf({ PLUGIN_BUILDER_DRIVER_OPTS: 'old=1', PLUGIN_BUILDER_DRIVER_OPTS_NEW: 'new=1;more=2,3', PLUGIN_BUILDER_REMOTE_CONN: 'tcp://b:1' }),
    ).toEqual({
      driverOptions: known(['new=1', 'more=2,3']),
      remote: known('tcp://b:1'),
    })
    expect(builderOf({ PLUGIN_BUILDX_OPTIONS: '--builder=theirs' })).toMatchObject({ name: known('theirs') })
  })

  it('suggest the option that was meant', () => {
    expect(plan(settingsOf({ ...full, PLUGIN_BUILDX_OPTIONS: '--platfrom=x' })).diagnostics[0]?.hint).toBe('did you mean "--platform"?')
  })

  it('may add outputs', () => {
    const outputs = job(settingsOf({ ...full, PLUGIN_NO_PUSH: 'true', PLUGIN_BUILDX_OPTIONS: '--output=type=oci,dest=o.tar' })).outputs
    expect(outputs[0]).toMatchObject({ kind: 'archive', format: 'oci', path: known('/harness/o.tar') })
  })
})

describe('the rest of a job', () => {
  it('knows how registries are reached', () => {
    const made = job(
      settingsOf({
        ...full,
        PLUGIN_SKIP_TLS_VERIFY: 'true',
        PLUGIN_SKIP_TLS_VERIFY_REGISTRY: 'a.b',
        PLUGIN_REGISTRY_MIRRORS: 'm1,m2',
        PLUGIN_MIRROR: 'm3',
        PLUGIN_PUSH_RETRY: '2',
        PLUGIN_IMAGE_DOWNLOAD_RETRY: '3',
        PLUGIN_REGISTRY_CLIENT_CERT: 'h=c,k',
        PLUGIN_SKIP_PUSH_IF_TAG_EXISTS: 'true',
        PLUGIN_ARTIFACT_FILE: 'art.json',
      }),
    )
    expect(made).toMatchObject({
      pushRetries: 2,
      tagPolicy: { skipExisting: true, immutableIsFine: false },
      transport: {
        skipVerify: { push: true, pull: false, hosts: known(['a.b']) },
        mirrors: known(['m1', 'm2', 'm3']),
        pullRetries: 3,
        clientCertificates: known([{ name: 'h', value: 'c,k' }]),
      },
      reports: { artifactFile: known('/harness/art.json'), registryType: 'Docker' },
    })
  })

  it('takes stage variables and step variables alike', () => {
    const settings = both(settingsOf({ PLUGIN_CUSTOM_DNS: '1.1.1.1' }, undefined, 'stage-variable'), settingsOf(full))
    expect(job(settings).source).toMatchObject({ network: { dns: known(['1.1.1.1']) } })
  })
})
