import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { startAws } from '../../test/support/cloud/aws-stand-in.ts'
import { startInstance } from '../../test/support/cloud/instance-stand-in.ts'
import { configText } from '../../test/support/image-pipeline.ts'
import { type TempProject, tempProject } from '../../test/support/temp-project.ts'
import { root } from '../support/root.ts'
import { bundle } from './bundle.ts'
import { entryText } from './entry.ts'

let place: TempProject
let entry: string

beforeAll(async () => {
  place = tempProject()
  ;({ entry } = await bundle(place.path('dist')))
})
afterAll(() => place.remove())

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const slipway = (...args: readonly string[]): Promise<Ended> => slipwayWith({}, ...args)

async function slipwayWith(more: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, ...more, SLIPWAY_HOME: place.path('home'), XDG_CACHE_HOME: place.path('cache'), SLIPWAY_SECRET_S: 'k' }
  const child = spawn(process.execPath, [entry, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out, err }
}

describe('the bundle', () => {
  it('says the version of the package, and nothing to the error stream', async () => {
    expect(await slipway('--version')).toEqual({ code: 0, out: `${packageJson.version}\n`, err: '' })
  })

  it('runs a pipeline, and keeps compiled code in the cache folder of its user', async () => {
    const run = await slipway('run', join('examples', 'hello', 'pipeline.yaml'))
    expect(run).toMatchObject({ code: 0, err: '' })
    expect(run.out).toContain('one digest')
    expect(place.files().some((file) => file.startsWith('cache/slipway/compiled/'))).toBe(true)
  })

  it('signs in to AWS with the library that is inside it', async () => {
    const role = 'arn:aws:iam::123456789012:role/r'
    const aws = await startAws({ keys: { AKIAGOOD: { secret: 'k' } }, roles: { [role]: { trusts: ['AKIAGOOD'] } } })
    const login = { type: 'ManualConfig', spec: { accessKey: 'AKIAGOOD', secretKeyRef: 's' }, crossAccountAccess: { crossAccountRoleArn: role } }
    const config = configText({ aws: { type: 'Aws', spec: { credential: login } } }, aws.hosts)
    place.write({ 'project/.slipway/config.yaml': config })
    const checked = await slipway('connector', 'check', place.path('project'))
    await aws.stop()
    expect(checked).toEqual({ code: 0, out: expect.stringContaining('AWS gives a login for ECR'), err: '' })
    expect(aws.calls.map((call) => call.split(' ')[0])).toEqual(['sts.AssumeRole', 'ecr.GetAuthorizationToken'])
  })

  it('finds what the machine is at AWS, by a profile and by its instance', async () => {
    const instance = await startInstance({ id: 'ASIAINSTANCE', secret: 'i', token: 't' })
    const aws = await startAws({ keys: { AKIAGOOD: { secret: 'k' }, ASIAINSTANCE: { secret: 'i', sessionToken: 't' } } })
    const config = configText({ aws: { type: 'Aws', spec: { credential: { type: 'InheritFromDelegate' } } } }, aws.hosts)
    place.write({ 'machine/.slipway/config.yaml': config, credentials: '[ci]\naws_access_key_id = AKIAGOOD\naws_secret_access_key = k\n' })
    const check = (more: Readonly<Record<string, string>>) => slipwayWith(more, 'connector', 'check', place.path('machine'))
    const byProfile = await check({ AWS_PROFILE: 'ci', AWS_SHARED_CREDENTIALS_FILE: place.path('credentials') })
    const byInstance = await check({ AWS_EC2_METADATA_SERVICE_ENDPOINT: instance.url })
    await instance.stop()
    await aws.stop()
    expect([byProfile, byInstance].map(({ code, err }) => [code, err])).toEqual([
      [0, ''],
      [0, ''],
    ])
    expect(aws.calls.map((call) => call.split(' ').at(-1))).toEqual(['AKIAGOOD', 'ASIAINSTANCE'])
  })

  it('names the packages inside it with their licences', () => {
    expect(readFileSync(place.path('dist', 'NOTICES.txt'), 'utf8')).toMatch(/--- commander [\d.]+ \(MIT\)[\s\S]*--- yaml [\d.]+ \(ISC\)/)
  })

  it('is refused in words by a Node that is too old', () => {
    expect(entryText('1.2.3')).toContain('Node 24 or newer is needed')
  })
})
