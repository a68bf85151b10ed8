/** One identity at AWS: its keys per region and its logins per registry, each kept until shortly before its end. */
import { problem } from '../../../base/problem.ts'
import type { Credentials } from '../../../ports/registry-auth.ts'
import type { CloudWorld, Waiting } from '../cloud/cloud-world.ts'
import { type Expiring, renewed } from '../cloud/renewed.ts'
import { awsCredentials } from './aws-credentials.ts'
import { awsClient } from './aws-endpoints.ts'
import { awsProblem } from './aws-problem.ts'
import type { AwsKeys, AwsWay } from './aws-way.ts'
import type { EcrHost } from './ecr-host.ts'

export interface AwsAccess {
  readonly way: AwsWay
  keys(region: string, w: Waiting): Promise<AwsKeys>
  login(host: EcrHost, w: Waiting): Promise<Credentials>
}

export function awsAccess(way: AwsWay, world: CloudWorld): AwsAccess {
  const keysOf = perKey((region: string) => renewed(world.clock, (w) => awsCredentials(way, region, world, w)))
  const loginsOf = perKey((key: string) => {
    const host = JSON.parse(key) as EcrHost
    return renewed(world.clock, async (w) => {
      const keys = (await keysOf(host.region)(w)).value
      return host.kind === 'public' ? publicLogin(keys, way, world, w) : privateLogin(keys, host, way, world, w)
    })
  })
  return {
    way,
    keys: async (region, w) => (await keysOf(region)(w)).value,
    async login(host, w) {
      const { value, until } = await loginsOf(JSON.stringify(host))(w)
      return { ...value, ...(until !== undefined && { until }) }
    },
  }
}

function perKey<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>()
  return (key) => {
    const value = known.get(key) ?? make(key)
    known.set(key, value)
    return value
  }
}

type Login = Expiring<Credentials>
type PrivateHost = Extract<EcrHost, { kind: 'private' }>

async function privateLogin(keys: AwsKeys, host: PrivateHost, way: AwsWay, world: CloudWorld, w: Waiting): Promise<Login> {
  const { ECRClient, GetAuthorizationTokenCommand } = await import('./sdk-ecr.ts')
  const client = new ECRClient({ ...awsClient('ECR', host.region, world, w), credentials: keys, useFipsEndpoint: host.fips })
  const service = `ECR of AWS in ${host.region}`
  const answer = await client.send(new GetAuthorizationTokenCommand({})).catch((error: unknown) => {
    throw awsProblem(error, { owner: way, service, action: 'get a login for ECR (ecr:GetAuthorizationToken)' }, w)
  })
  return loginOf(answer.authorizationData?.[0], service)
}

async function publicLogin(keys: AwsKeys, way: AwsWay, world: CloudWorld, w: Waiting): Promise<Login> {
  const { ECRPUBLICClient, GetAuthorizationTokenCommand } = await import('./sdk-ecr-public.ts')
  const client = new ECRPUBLICClient({ ...awsClient('ECR_PUBLIC', 'us-east-1', world, w), credentials: keys })
  const service = 'public ECR of AWS'
  const answer = await client.send(new GetAuthorizationTokenCommand({})).catch((error: unknown) => {
    throw awsProblem(error, { owner: way, service, action: 'get a login for public ECR (ecr-public:GetAuthorizationToken, sts:GetServiceBearerToken)' }, w)
  })
  return loginOf(answer.authorizationData, service)
}

function loginOf(data: { readonly authorizationToken?: string | undefined; readonly expiresAt?: Date | undefined } | undefined, service: string): Login {
  const text = Buffer.from(data?.authorizationToken ?? '', 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1) throw problem('CLOUD_SERVICE_FAILED', { service, what: 'a login', reason: 'the answer holds none' })
  const value: Credentials = { kind: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) }
  return { value, ...(data?.expiresAt !== undefined && { until: data.expiresAt.getTime() }) }
}
