import { describe, expect, it } from 'vitest'
import { golden } from '../../../../test/support/golden.ts'
import type { BuildRequest } from '../../../ports/builder.ts'
import { noWishes, type ToolWishes } from '../../../ports/tool-wishes.ts'
import { buildCommand, type CommandLine, type Output, type Places, proxySettings } from './build-args.ts'
import { createArgs } from './choose-builder.ts'
import { mappedRef } from './client-logins.ts'
import { parseToolVersion } from './tool-version.ts'

const amd = { os: 'linux', architecture: 'amd64' }
const arm = { os: 'linux', architecture: 'arm64' }

const plain: BuildRequest = {
  contextDir: '/work/context',
  dockerfile: { name: 'Dockerfile', text: 'FROM scratch\n' },
  args: new Map(),
  labels: new Map(),
  platform: amd,
  created: 1_700_000_000_999,
  reproducible: false,
  noCache: false,
}

const archive: Output = { kind: 'archive', file: '/private/image.tar' }
const hosts = [{ match: 'docker.io', endpoint: 'http://127.0.0.1:5000/hub' }]
const places: Places = {
  dockerfile: '/private/Dockerfile',
  secrets: new Map(),
  ssh: new Map(),
  contexts: new Map(),
  cacheRef: (ref) => mappedRef(ref, hosts),
  output: archive,
}

function command(request: Partial<BuildRequest>, at: Partial<Places> = {}, version = '0.29.1'): CommandLine {
  return buildCommand({ ...plain, ...request }, { ...places, ...at }, { version: parseToolVersion(`github.com/docker/buildx v${version}`) })
}

function wishing(wishes: Partial<ToolWishes>): Partial<BuildRequest> {
  return { tool: { ...noWishes, ...wishes } }
}

const everything: Partial<BuildRequest> = {
  target: 'final',
  platforms: [amd, arm],
  args: new Map([
    ['VERSION', '1,2 "three"'],
    ['PATH', '/opt'],
    ['HTTP_PROXY', 'http://user:sesame@proxy:3128'],
    ['http_proxy', 'http://user:sesame@proxy:3128'],
  ]),
  labels: new Map([['org.acme.team', 'web, and more']]),
  reproducible: true,
  noCache: true,
  noCacheFor: ['one'],
  network: 'host',
  addHosts: [{ name: 'db', address: '10.0.0.1' }],
  shmBytes: 1_073_741_824,
  tool: {
    options: ['--ulimit=nofile=1024:1024', '--annotation=a=b'],
    cacheFrom: [
      { type: 'registry', attributes: { ref: 'acme/cache:main' } },
      { type: 's3', attributes: { bucket: 'layers', region: 'eu-west-1', access_key_id: 'AKIA', secret_access_key: 'sesame' } },
    ],
    cacheTo: [
      { type: 'local', attributes: { dest: '/work/with,comma', mode: 'max' } },
      { type: 'azblob', attributes: { account_url: 'https://x', secret_access_key: 'sesame' } },
    ],
    compression: { kind: 'zstd', level: 3 },
    provenance: 'mode=max',
  },
}

const everyPlace: Partial<Places> = {
  secrets: new Map([['token', '/private/secret-0']]),
  ssh: new Map([['default', ['/private/key-0', '/private/key-1']]]),
  contexts: new Map([['busybox:1', 'oci-layout:///private/bases@sha256:abc']]),
}

describe('the command line of docker buildx build', () => {
  it('says only what is asked for', () => {
    expect(command({})).toMatchInlineSnapshot(`
      {
        "args": [
          "buildx",
          "build",
          "--progress",
          "rawjson",
          "--file",
          "/private/Dockerfile",
          "--platform",
          "linux/amd64",
          "--provenance",
          "false",
          "--sbom",
          "false",
          "--output",
          "type=oci,dest=/private/image.tar",
          "/work/context",
        ],
        "env": {},
        "unknown": [],
      }
    `)
  })

  it('is this for everything at once', () => {
    const { args, env, unknown } = command(everything, everyPlace)
    golden(new URL('./testdata/everything.txt', import.meta.url), [...args, '', ...Object.keys(env)].join('\n'))
    expect(unknown).toEqual([])
  })

  it('leaves out what an older version does not know, and names it', () => {
    const { args, unknown } = command(everything, everyPlace, '0.7.1')
    expect(unknown).toEqual(['--build-context', '--no-cache-filter', '--provenance', '--annotation'])
    for (const flag of unknown) expect(args.some((arg) => arg.startsWith(flag))).toBe(false)
    expect(args[args.indexOf('--progress') + 1]).toBe('plain')
    expect(args).not.toContain('--sbom')
  })

  it('never has a secret: values go by the environment, proxies and logins by the configuration', () => {
    const { args, env } = command(everything, everyPlace)
    expect(args.join(' ')).not.toContain('sesame')
    expect(env).toMatchObject({ VERSION: '1,2 "three"', AWS_SECRET_ACCESS_KEY: 'sesame' })
    expect(proxySettings({ ...plain, ...everything })).toEqual({ httpProxy: 'http://user:sesame@proxy:3128' })
  })

  it('loads where the tool writes no archives', () => {
    const { args } = command({}, { output: { kind: 'load', name: 'slipway.invalid/x:built' } })
    expect(args.slice(-5)).toEqual(['--output', 'type=docker', '--tag', 'slipway.invalid/x:built', '/work/context'])
  })

  it('keeps a time that was asked for, without the rest of what is reproducible', () => {
    expect(command(wishing({ epoch: 5 })).env).toEqual({ SOURCE_DATE_EPOCH: '5' })
    expect(command(wishing({ epoch: 5 })).args).toContain('type=oci,dest=/private/image.tar')
    expect(command({ reproducible: true })).toMatchObject({ env: { SOURCE_DATE_EPOCH: '1700000000' } })
  })

  it('reaches cache images where the hosts mapping has their registry', () => {
    expect(mappedRef('acme/cache:main', hosts)).toEqual({ ref: '127.0.0.1:5000/hub/acme/cache:main', plainHttp: true })
    expect(mappedRef('ghcr.io/acme/cache', hosts)).toEqual({ ref: 'ghcr.io/acme/cache:latest', plainHttp: false })
    expect(mappedRef('docker.io/acme/cache', [])).toEqual({ ref: 'docker.io/acme/cache:latest', plainHttp: false })
  })
})

describe('the command line that makes a builder', () => {
  it('says its driver, its options, its file and where it is', () => {
    expect(createArgs('b', { driverOptions: ['network=host'], configFile: '/work/buildkitd.toml', buildkitVersion: 'v0.16.0' })).toEqual([
      'buildx',
      'create',
      '--name',
      'b',
      '--driver',
      'docker-container',
      '--config',
      '/work/buildkitd.toml',
      '--driver-opt',
      'network=host',
      '--driver-opt',
      'image=moby/buildkit:v0.16.0',
    ])
    expect(createArgs('b', { driverOptions: [], remote: 'tcp://10.0.0.1:1234' }).slice(-3)).toEqual(['--driver', 'remote', 'tcp://10.0.0.1:1234'])
  })
})

describe('the version of buildx', () => {
  it('is read from what distributions print', () => {
    expect(parseToolVersion('github.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4')).toEqual([0, 29])
    expect(parseToolVersion('github.com/docker/buildx v0.12.1 30feaa1a915b869ebc2eea6328624b49facd4bfb')).toEqual([0, 12])
    expect(parseToolVersion('built from source')).toBeUndefined()
  })
})
