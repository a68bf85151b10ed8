import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type AzureStandIn, startAzure } from '../../../test/support/cloud/azure-stand-in.ts'
import { cloudWorld, type TestCloudWorld } from '../../../test/support/cloud/cloud-world.ts'
import { startGoogle } from '../../../test/support/cloud/google-stand-in.ts'
import { identityProvider } from '../../../test/support/cloud/identity-provider.ts'
import { type ObjectStoreStandIn, type S3StandInOptions, type StoreOptions, startBlobs, startGcs, startS3 } from '../../../test/support/cloud/object-stores.ts'
import { readConnector } from '../../../test/support/cloud/read-connector.ts'
import type { Reply } from '../../../test/support/cloud/stand-in.ts'
import { tempProject } from '../../../test/support/temp-project.ts'
import type { Connector } from '../../pipeline/connector.ts'
import { stepCacheContract } from '../../ports/step-cache.contract.ts'
import type { CachePlace, StepCache } from '../../ports/step-cache.ts'
import { stepCaches } from './open-step-cache.ts'

const { signal } = new AbortController()
const exact = { match: 'exact', signal } as const
const keeping = { override: false, signal } as const
const part = 512 * 1024
const tick = async (): Promise<void> => undefined

const secrets: Readonly<Record<string, string>> = { key: 'aws-secret-key', azure: 'azure-secret' }
const account = 'saver@acme.iam.gserviceaccount.com'
const provider = identityProvider('https://ci.example')
const keyFile = JSON.stringify({ type: 'service_account', client_email: account, private_key: provider.privatePem })

const aws = (secret = 'key') =>
  readConnector(`type: Aws, spec: {credential: {type: ManualConfig, spec: {accessKey: AKIAACME, secretKeyRef: ${secret}}}}`, 'aws')
const gcp = readConnector('type: Gcp, spec: {credential: {type: ManualConfig, spec: {secretKeyRef: gcp}}}', 'gcp')
const azure = readConnector(
  'type: Azure, spec: {credential: {type: ManualConfig, spec: {applicationId: app, tenantId: t, auth: {type: Secret, spec: {secretRef: azure}}}}}',
  'azure',
)

interface Made {
  readonly cache: StepCache
  readonly store: ObjectStoreStandIn
  readonly dir: string
  readonly world: TestCloudWorld
}

function opened(place: CachePlace, connector: Connector, store: ObjectStoreStandIn, world: TestCloudWorld): Made {
  onTestFinished(() => store.stop())
  const { dir } = tempProject()
  const read = async (name: string) => (name === 'gcp' ? keyFile : (secrets[name] ?? 'wrong'))
  const open = stepCaches({ dir, clock: world.clock, connectors: new Map([[connector.identifier, connector]]), read, world, partBytes: part })
  return { cache: open(place), store, dir, world }
}

async function s3(o: Partial<S3StandInOptions> = {}, place: Partial<Extract<CachePlace, { kind: 's3' }>> = {}, connector = aws()): Promise<Made> {
  const store = await startS3({ keys: { AKIAACME: { secret: 'aws-secret-key' } }, bucket: 'acme-cache', ...o })
  const world = cloudWorld({ hosts: [{ match: '*.amazonaws.com', endpoint: store.url }] })
  return opened({ kind: 's3', connector: 'aws', bucket: 'acme-cache', pathStyle: false, ...place }, connector, store, world)
}

async function gcs(o: StoreOptions = {}, bucket = 'acme-cache'): Promise<Made> {
  const google = await startGoogle({ token: 'google-token', accounts: { [account]: provider.privatePem } })
  onTestFinished(() => google.stop())
  const store = await startGcs({ token: 'google-token', bucket: 'acme-cache', ...o })
  const world = cloudWorld({ hosts: [{ match: 'storage.googleapis.com', endpoint: store.url }, ...google.hosts] })
  return opened({ kind: 'gcs', connector: 'gcp', bucket }, gcp, store, world)
}

async function blobs(o: StoreOptions = {}, container = 'cache'): Promise<Made & { readonly entra: AzureStandIn }> {
  const entra = await startAzure({ registry: 'x.azurecr.io', clients: { app: { tenant: 't', secret: 'azure-secret' } } })
  onTestFinished(() => entra.stop())
  const store = await startBlobs({ account: 'acme', container: 'cache', knows: (token) => token.startsWith('storage-token-'), ...o })
  const world = cloudWorld({ hosts: [{ match: 'acme.blob.core.windows.net', endpoint: store.url }, ...entra.hosts] })
  return { ...opened({ kind: 'azure', connector: 'azure', account: 'acme', container }, azure, store, world), entra }
}

const makers = [
  ['S3', s3],
  ['GCS', gcs],
  ['Azure', blobs],
] as const

describe.each(makers)('%s', (_name, make) => {
  stepCacheContract(async () => ({ cache: (await make()).cache, largePart: part, tick }))
})

describe('S3 that knows no conditions', () => {
  stepCacheContract(async () => ({ cache: (await s3({ plain: true })).cache, largePart: part, tick }))
})

const small = () => Readable.from([Buffer.from('what was saved')], { objectMode: false })
const busy: Reply = { status: 503, headers: { 'retry-after': '7' }, body: '<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>' }

async function readBack({ cache }: Made, key = 'k'): Promise<string> {
  const [saved] = await cache.find(key, exact)
  if (saved === undefined) return 'nothing'
  const fetched = await cache.fetch(saved, { signal })
  const text = (await buffer(fetched.open())).toString()
  await fetched.close()
  return text
}

describe.each(makers)('%s in bad weather', (_name, make) => {
  it('tries again what is busy, after the time that it asks for', async () => {
    const waits: number[] = []
    const made = await make({ sabotage: (_asked, count) => (count % 3 === 1 ? busy : undefined) })
    const { clock } = made.world
    const sleep = clock.sleep.bind(clock)
    Object.assign(clock, {
      sleep: (ms: number, o: { signal: AbortSignal }) => {
        waits.push(ms)
        return sleep(0, o)
      },
    })
    onTestFinished(() => void Object.assign(clock, { sleep }))
    await made.cache.save('k', small, keeping)
    expect(await readBack(made)).toBe('what was saved')
    expect(waits.filter((ms) => ms === 7000).length).toBeGreaterThan(0)
  })

  it('goes on where a download was cut', async () => {
    const large = Buffer.alloc(3_000_000, 'large ')
    let cuts = 0
    const made = await make({
      sabotage: (asked) => {
        const from = /bytes=(\d+)-$/.exec(String(asked.headers['range'] ?? asked.headers['x-ms-range'] ?? ''))?.[1]
        if (asked.method !== 'GET' || from === undefined || cuts >= 3) return undefined
        cuts += 1
        const rest = large.subarray(Number(from))
        return { status: 206, headers: { 'content-length': String(rest.length) }, body: rest, cutAfter: 700_000 }
      },
    })
    await made.cache.save('k', () => Readable.from([large], { objectMode: false }), keeping)
    expect((await readBack(made)) === large.toString()).toBe(true)
    expect(cuts).toBe(3)
  })

  it('gives up a store that stays busy, and says so; nothing is found and nothing is left on the disk', async () => {
    let broken = false
    const made = await make({ sabotage: (asked) => (broken && asked.method !== 'GET' ? { ...busy, headers: {} } : undefined) })
    broken = true
    await expect(made.cache.save('k', small, keeping)).rejects.toMatchObject({ code: 'STEP_CACHE_STORE_FAILED' })
    broken = false
    expect(await made.cache.find('k', exact)).toEqual([])
    expect(readdirSync(made.dir)).toEqual([])
  })

  it('never takes for whole what was changed in the store', async () => {
    const made = await make()
    await made.cache.save('k', small, keeping)
    const [object] = [...made.store.objects]
    if (object === undefined) throw new Error('it was saved')
    made.store.objects.set(object[0], { ...object[1], bytes: Buffer.from('what was SAVED') })
    await expect(readBack(made)).rejects.toMatchObject({ code: 'STEP_CACHE_DAMAGED' })
  })

  it('leaves alone what others keep beside', async () => {
    const made = await make()
    await made.cache.save('a', small, keeping)
    const [[, body] = ['', undefined]] = made.store.objects
    if (body === undefined) throw new Error('it was saved')
    for (const other of ['slipway-cache/v1/a-notes.txt', 'a', 'slipway-cache/v1/a%20.saved']) made.store.objects.set(other, body)
    expect((await made.cache.find('a', { match: 'prefix', signal })).map(({ key }) => key)).toEqual(['a'])
  })
})

describe('what stores say no with', () => {
  const findIn = async ({ cache }: Made) => cache.find('k', exact)

  it('S3: a wrong secret, with the reason and whose login it was', async () => {
    const error: unknown = await findIn(await s3({}, {}, aws('other'))).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'CLOUD_CREDENTIALS_REFUSED',
      message: expect.stringContaining('connector aws (the access key ****ACME of the connector)'),
    })
    expect(error).toMatchObject({ message: expect.stringContaining('SignatureDoesNotMatch') })
  })

  it('S3: an unknown key, a missing bucket, a wrong region', async () => {
    await expect(findIn(await s3({ keys: {} }))).rejects.toMatchObject({ code: 'CLOUD_CREDENTIALS_REFUSED' })
    await expect(findIn(await s3({ bucket: 'other' }))).rejects.toMatchObject({
      code: 'STEP_CACHE_STORE_REFUSED',
      message: expect.stringContaining('NoSuchBucket'),
    })
    await expect(findIn(await s3({ region: 'eu-west-1' }))).rejects.toMatchObject({ message: expect.stringContaining("expecting 'eu-west-1'") })
    expect(await findIn(await s3({ region: 'eu-west-1' }, { region: 'eu-west-1' }))).toEqual([])
  })

  it('Google: a token that is not taken, a missing bucket', async () => {
    const gone = (): Reply => ({ status: 401, body: { error: { code: 401, message: 'Invalid Credentials' } } })
    await expect(findIn(await gcs({ sabotage: gone }))).rejects.toMatchObject({ code: 'CLOUD_CREDENTIALS_REFUSED' })
    await expect(findIn(await gcs({}, 'other'))).rejects.toMatchObject({ code: 'STEP_CACHE_STORE_REFUSED' })
  })

  it('Azure: a missing container, a role that is missing', async () => {
    await expect(findIn(await blobs({}, 'other'))).rejects.toMatchObject({ message: expect.stringContaining('ContainerNotFound') })
    const denied = (): Reply => ({ status: 403, headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch' }, body: '' })
    await expect(findIn(await blobs({ sabotage: denied }))).rejects.toMatchObject({
      code: 'STEP_CACHE_STORE_REFUSED',
      message: expect.stringContaining('AuthorizationPermissionMismatch'),
    })
  })

  it('a connector of another cloud, or none', async () => {
    const store = await startS3({ keys: {}, bucket: 'b' })
    const place = { kind: 's3', connector: 'gcp', bucket: 'b', pathStyle: true } as const
    expect(() => opened(place, gcp, store, cloudWorld())).toThrow('is of the type Gcp; s3://b needs one of the type Aws')
    expect(() => opened({ ...place, connector: 'none' }, gcp, store, cloudWorld())).toThrow('is not defined')
  })
})

describe('S3 uploads', () => {
  it('takes away the parts of an upload that did not end', async () => {
    const made = await s3({
      sabotage: (asked) => (asked.url.searchParams.get('partNumber') === '2' ? { status: 400, body: '<Error><Code>InvalidDigest</Code></Error>' } : undefined),
    })
    const large = () => Readable.from([Buffer.alloc(part * 2)], { objectMode: false })
    await expect(made.cache.save('k', large, keeping)).rejects.toMatchObject({ code: 'STEP_CACHE_STORE_REFUSED' })
    expect(made.store.calls.at(-1)).toMatch(/^DELETE .*uploadId=/)
    expect(made.store.objects.size).toBe(0)
  })

  it('believes no good status whose text tells of a failure', async () => {
    let told = 0
    const made = await s3({
      sabotage: (asked) => {
        if (asked.method !== 'POST' || !asked.url.searchParams.has('uploadId')) return undefined
        told += 1
        return { status: 200, body: '<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>' }
      },
    })
    const large = () => Readable.from([Buffer.alloc(part * 2)], { objectMode: false })
    await expect(made.cache.save('k', large, keeping)).rejects.toMatchObject({ code: 'STEP_CACHE_STORE_FAILED' })
    expect(told).toBeGreaterThan(0)
    expect(await made.cache.find('k', exact)).toEqual([])
  })

  it('has the bucket in the path where that is asked for, or no certificate could cover it', async () => {
    const made = await s3({}, { pathStyle: true })
    await made.cache.save('k', small, keeping)
    expect(made.store.calls.at(-1)).toMatch(/s3\.us-east-1\.amazonaws\.com\/acme-cache\/slipway-cache\/v1\/k\.saved$/)
    const dots = await s3({ bucket: 'acme.cache' }, { bucket: 'acme.cache' })
    await dots.cache.save('k', small, keeping)
    expect(dots.store.calls.at(-1)).toContain('/acme.cache/')
    const virtual = await s3()
    await virtual.cache.save('k', small, keeping)
    expect(virtual.store.calls.at(-1)).toMatch(/PUT acme-cache\.s3\.us-east-1\.amazonaws\.com\/slipway-cache/)
    const { url } = virtual.store
    const own = opened({ kind: 's3', connector: 'aws', bucket: 'acme-cache', pathStyle: true, endpoint: url }, aws(), virtual.store, cloudWorld())
    expect(await readBack(own)).toBe('what was saved')
  })
})

describe('Google uploads', () => {
  it('go on where they were cut', async () => {
    let cut = 0
    const made = await gcs({
      sabotage: (asked) => {
        const range = asked.headers['content-range'] ?? ''
        if (!range.startsWith(`bytes ${part}-`) || cut > 0) return undefined
        cut += 1
        return { status: 503, body: '' }
      },
    })
    const body = Buffer.alloc(part * 2 + 100, 'piece ')
    await made.cache.save('k', () => Readable.from([body], { objectMode: false }), keeping)
    expect(cut).toBe(1)
    expect((await readBack(made)) === body.toString()).toBe(true)
    const pieces = made.store.calls.filter((call) => call.startsWith('PUT'))
    expect(pieces).toHaveLength(5)
  })
})

it('keeps what a store is told out of the folder of this machine', async () => {
  const made = await s3()
  await made.cache.save('k', small, keeping)
  const [saved] = await made.cache.find('k', exact)
  if (saved === undefined) throw new Error('it was saved')
  const fetched = await made.cache.fetch(saved, { signal })
  expect(readdirSync(join(made.dir))).toEqual([])
  await fetched.close()
})
