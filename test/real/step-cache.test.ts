/** Saved files in stores that others have written: an S3 server and Microsoft's emulator of blob storage; large trees, and savers that are killed. */
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import process from 'node:process'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { stepCaches } from '../../src/adapters/step-cache/open-step-cache.ts'
import { systemClock } from '../../src/main/system-clock.ts'
import { stepCacheContract } from '../../src/ports/step-cache.contract.ts'
import type { CachePlace, StepCache } from '../../src/ports/step-cache.ts'
import type { HostMapping } from '../../src/registry/endpoint.ts'
import { startAzure } from '../support/cloud/azure-stand-in.ts'
import { cloudWorld } from '../support/cloud/cloud-world.ts'
import { readConnector } from '../support/cloud/read-connector.ts'
import { selfSigned } from '../support/cloud/self-signed.ts'
import { npmProgram } from '../support/npm-package.ts'
import { freePort, type RealProcess, startProcess } from '../support/real-process.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const part = 5 * 1024 * 1024
/** Both keep times by the second. */
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1100))

function cacheAt(place: CachePlace, connector: string, hosts: readonly HostMapping[]): StepCache {
  const found = readConnector(connector, 'cloud')
  const world = { ...cloudWorld({ hosts }), clock: systemClock }
  const read = async (name: string): Promise<string> => ({ aws: 'S3RVER', azure: 'azure-secret' })[name] ?? 'wrong'
  return stepCaches({ dir: tempProject().dir, clock: systemClock, connectors: new Map([['cloud', found]]), read, world, partBytes: part })(place)
}

const s3rver = npmProgram('s3rver', '3.7.1')

describe('an S3 server', s3rver.options, () => {
  let running: RealProcess | undefined
  let endpoint = ''
  let buckets = 0
  beforeAll(async () => {
    const { dir } = tempProject()
    const port = await freePort()
    endpoint = `http://127.0.0.1:${port}`
    const names = Array.from({ length: 30 }, (_, i) => ['--configure-bucket', `acme-${i}`]).flat()
    running = await startProcess({
      program: process.execPath,
      args: [s3rver.path, '-d', dir, '-a', '127.0.0.1', '-p', String(port), '--silent', ...names],
      ready: async () => (await fetch(endpoint)).status < 500,
    })
  })
  afterAll(() => running?.stop())
  const open = (accessKey = 'S3RVER', bucket = `acme-${buckets++}`): StepCache =>
    cacheAt(
      { kind: 's3', connector: 'cloud', bucket, endpoint, pathStyle: true },
      `type: Aws, spec: {credential: {type: ManualConfig, spec: {accessKey: ${accessKey}, secretKeyRef: aws}}}`,
      [],
    )

  stepCacheContract(async () => ({ cache: open(), largePart: part, tick }), {
    skip: [{ test: 'keeps one whole body of several saves at once', reason: 's3rver writes into the object itself, so that saves at once mix' }],
  })

  // It does not look at signatures of version 4: the stand-ins do, in src/adapters/step-cache.
  it('refuses a key that it does not know, and a bucket that is not there', async () => {
    const { signal } = new AbortController()
    const content = () => Readable.from([Buffer.from('x')], { objectMode: false })
    await expect(open('NOBODY').save('k', content, { override: true, signal })).rejects.toMatchObject({
      code: 'CLOUD_CREDENTIALS_REFUSED',
      message: expect.stringContaining('InvalidAccessKeyId'),
    })
    await expect(open('S3RVER', 'nobodys').find('k', { match: 'exact', signal })).rejects.toMatchObject({ message: expect.stringContaining('NoSuchBucket') })
  })
})

const azurite = npmProgram('azurite', '3.35.0', 'azurite-blob')

describe('the emulator of Azure blob storage', azurite.options, () => {
  const account = 'devstoreaccount1'
  let running: RealProcess | undefined
  let entra: Awaited<ReturnType<typeof startAzure>> | undefined
  let hosts: readonly HostMapping[] = []
  let containers = 0
  let token = ''
  beforeAll(async () => {
    const { dir, path } = tempProject()
    const { certificate, key } = selfSigned('localhost')
    writeFileSync(path('cert.pem'), certificate)
    writeFileSync(path('key.pem'), key)
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      aud: 'https://storage.azure.com',
      iss: 'https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/',
      iat: now,
      nbf: now - 60,
      exp: now + 3600,
      oid: 'o',
      tid: 't',
      ver: '1.0',
      sub: 's',
    }
    token = [{ alg: 'RS256', typ: 'JWT' }, claims, 'x'].map((piece) => Buffer.from(JSON.stringify(piece)).toString('base64url')).join('.')
    entra = await startAzure({ registry: 'x.azurecr.io', clients: { app: { tenant: 't', secret: 'azure-secret' } }, storageToken: token })
    const port = await freePort()
    hosts = [{ match: `${account}.blob.core.windows.net`, endpoint: `https://127.0.0.1:${port}`, skipVerify: true }, ...entra.hosts]
    const args = [
      '--blobHost',
      '127.0.0.1',
      '--blobPort',
      String(port),
      '--oauth',
      'basic',
      '--cert',
      path('cert.pem'),
      '--key',
      path('key.pem'),
      '--location',
      dir,
      '--silent',
      '--disableTelemetry',
    ]
    running = await startProcess({
      program: process.execPath,
      args: [azurite.path, ...args],
      ready: async () => {
        return (await createContainer(`cache-${containers}`)) < 500
      },
    })
  })
  afterAll(async () => {
    await running?.stop()
    await entra?.stop()
  })

  function createContainer(name: string): Promise<number> {
    const [rule] = hosts
    const headers = { host: rule?.match ?? '', authorization: `Bearer ${token}`, 'x-ms-version': '2023-11-03', 'content-length': '0' }
    return new Promise((resolve, reject) => {
      request(`${rule?.endpoint}/${name}?restype=container`, { method: 'PUT', headers, rejectUnauthorized: false }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
        .on('error', reject)
        .end()
    })
  }

  const connector =
    'type: Azure, spec: {credential: {type: ManualConfig, spec: {applicationId: app, tenantId: t, auth: {type: Secret, spec: {secretRef: azure}}}}}'
  const open = (container: string): StepCache => cacheAt({ kind: 'azure', connector: 'cloud', account, container }, connector, hosts)

  stepCacheContract(async () => {
    containers += 1
    expect(await createContainer(`cache-${containers}`)).toBe(201)
    return { cache: open(`cache-${containers}`), largePart: part, tick }
  })

  it('names a container that is not there', async () => {
    const { signal } = new AbortController()
    await expect(open('nobodys').find('k', { match: 'exact', signal })).rejects.toMatchObject({ message: expect.stringContaining('ContainerNotFound') })
  })
})

const stage = (steps: readonly object[]): string =>
  JSON.stringify({
    pipeline: {
      identifier: 'p',
      name: 'p',
      stages: [
        {
          stage: {
            identifier: 's',
            name: 's',
            type: 'CI',
            spec: { platform: { os: 'Linux' }, execution: { steps: steps.map((one, i) => ({ step: { identifier: `s${i}`, name: `s${i}`, ...one } })) } },
          },
        },
      ],
    },
  })

describe('a large tree', () => {
  it.each(['Tar', 'Gzip', 'Zstd'])('%s: 20,000 files of 200 MB come back as they were', { timeout: 600_000 }, async (archiveFormat) => {
    const { dir, path, write } = tempProject()
    const from = path('made')
    for (let i = 0; i < 200; i++) {
      mkdirSync(join(from, `d${i}`), { recursive: true })
      for (let j = 0; j < 100; j++) writeFileSync(join(from, `d${i}`, `f${j}`), Buffer.alloc(10_000, `${i}-${j} some text that packs `))
    }
    const world = testWorld({ cwd: dir })
    const run = async (...steps: readonly object[]) => {
      write({ 'p.yaml': stage(steps) })
      const { code, out, err } = await world.run('run', 'p.yaml', '--on', 'local', '--output', 'plain')
      return { code, said: `${out}${err}` }
    }
    const began = Date.now()
    const saved = await run({ type: 'SaveCache', spec: { key: 'k', sourcePaths: [from], archiveFormat } })
    expect([saved.code, saved.said]).toEqual([0, expect.stringContaining('20000 files of 200 MB')])
    const [after, sum] = [Date.now(), 'find . -type f | LC_ALL=C sort | xargs cat | sha256sum']
    const before = await run({ type: 'Run', spec: { command: `cd ${from} && ${sum}` } })
    rmSync(from, { recursive: true })
    const again = Date.now()
    const restored = await run(
      { type: 'RestoreCache', spec: { key: 'k' } },
      { type: 'Run', spec: { command: `cd ${from} && find . -type f | wc -l && ${sum} && ls > /dev/null` } },
      { type: 'SaveCache', spec: { key: 'k', sourcePaths: [from] } },
    )
    process.stderr.write(`test: ${archiveFormat}: saved in ${after - began} ms, restored and summed in ${Date.now() - again} ms\n`)
    const hash = /[0-9a-f]{64}/.exec(before.said)?.[0]
    expect([restored.code, restored.said]).toEqual([0, expect.stringContaining(String(hash))])
    expect(restored.said).toContain('20000')
  })
})

describe('a saver that is killed', () => {
  it('leaves what was there at any moment, and its rest goes later', { timeout: 300_000 }, async () => {
    const { dir, path } = tempProject()
    const open = () =>
      stepCaches({ dir: path('saved'), clock: systemClock, connectors: new Map(), read: async () => '', world: cloudWorld() })({ kind: 'here' })
    const { signal } = new AbortController()
    const content = () => Readable.from([Buffer.alloc(1000, 'first')], { objectMode: false })
    await open().save('k', content, { override: true, signal })
    const module = new URL('../../src/adapters/step-cache/folder/folder-cache.ts', import.meta.url).href
    const clock = new URL('../../src/main/system-clock.ts', import.meta.url).href
    const script = `
      import { Readable } from 'node:stream'
      const { folderCache } = await import('${module}')
      const { systemClock } = await import('${clock}')
      const cache = folderCache({ dir: process.argv[1], clock: systemClock })
      for (;;) {
        const size = 64 + Math.floor(Math.random() * 64)
        async function* body() { for (let i = 0; i < size; i++) yield Buffer.alloc(65536, 'second') }
        await cache.save('k', () => Readable.from(body(), { objectMode: false }), { override: true, signal: new AbortController().signal })
        process.stdout.write('saved\\n')
      }`
    for (let kill = 0; kill < 12; kill++) {
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script, path('saved')], {
        cwd: dir,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = new Promise((resolve) => child.once('close', resolve))
      onTestFinished(() => void child.kill('SIGKILL'))
      await new Promise((resolve) => child.stdout.once('data', resolve))
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
      child.kill('SIGKILL')
      await ended
      const [found] = await open().find('k', { match: 'exact', signal })
      if (found === undefined) throw new Error(`nothing is found after kill ${kill}`)
      const fetched = await open().fetch(found, { signal })
      let bytes = 0
      for await (const chunk of fetched.open()) bytes += (chunk as Buffer).length
      await fetched.close()
      expect([bytes, bytes % 65536]).toEqual([found.bytes, 0])
    }
    expect(readdirSync(path('saved')).filter((name) => name.endsWith('.saved'))).toHaveLength(1)
  })
})
