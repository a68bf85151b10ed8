/** Walks the way to AWS: keys to begin with, then role by role. AWS' library is loaded when the first key is needed. */

import type { CloudWorld, Waiting } from '../cloud/cloud-world.ts'
import type { Expiring } from '../cloud/renewed.ts'
import { awsClient } from './aws-endpoints.ts'
import { awsProblem } from './aws-problem.ts'
import type { AwsKeys, AwsRole, AwsWay } from './aws-way.ts'

interface Found extends AwsKeys {
  readonly expiration?: Date
}

/** What the original calls its sessions: trust policies may name it. */
const sessionName = 'kaniko-ecr-oidc'
const sessionSeconds = 3600

export async function awsCredentials(way: AwsWay, region: string, world: CloudWorld, w: Waiting): Promise<Expiring<AwsKeys>> {
  let found = await startOf(way, region, world, w)
  for (const role of way.roles) found = await asRole(role, found, way, region, world, w)
  for (const secret of [found.secretAccessKey, found.sessionToken]) if (secret !== undefined) world.onSecret(secret)
  return { value: found, ...(found.expiration !== undefined && { until: found.expiration.getTime() }) }
}

async function startOf(way: AwsWay, region: string, world: CloudWorld, w: Waiting): Promise<Found> {
  const { start } = way
  switch (start.kind) {
    case 'keys':
      return start.read(w)
    case 'web-identity':
      return withWebIdentity(start, way, region, world, w)
    case 'machine':
      return ofMachine(way, region, world, w)
  }
}

type WebIdentity = Extract<AwsWay['start'], { kind: 'web-identity' }>

async function withWebIdentity({ token, role }: WebIdentity, way: AwsWay, region: string, world: CloudWorld, w: Waiting): Promise<Found> {
  const webIdentityToken = await token.read()
  world.onSecret(webIdentityToken)
  const { fromWebToken } = await import('./sdk-credentials.ts')
  const provider = fromWebToken({
    roleArn: role,
    webIdentityToken,
    roleSessionName: world.env['AWS_ROLE_SESSION_NAME'] || sessionName,
    durationSeconds: sessionSeconds,
    clientConfig: awsClient('STS', region, world, w),
  })
  return asked(provider, { way, region, action: 'use an identity token', role, w })
}

async function asRole(role: AwsRole, keys: AwsKeys, way: AwsWay, region: string, world: CloudWorld, w: Waiting): Promise<Found> {
  const { fromTemporaryCredentials } = await import('./sdk-credentials.ts')
  const provider = fromTemporaryCredentials({
    masterCredentials: keys,
    params: {
      RoleArn: role.arn,
      RoleSessionName: world.env['AWS_ROLE_SESSION_NAME'] || 'slipway',
      DurationSeconds: sessionSeconds,
      ...(role.externalId !== undefined && { ExternalId: role.externalId }),
    },
    clientConfig: awsClient('STS', region, world, w),
  })
  return asked(provider, { way, region, action: 'take on a role', role: role.arn, w })
}

/** Variables first, as AWS' own programs do; what else there is the library finds out, from the environment of the process. */
async function ofMachine(way: AwsWay, region: string, world: CloudWorld, w: Waiting): Promise<Found> {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = world.env
  if (id && secret) return { accessKeyId: id, secretAccessKey: secret, ...(session && { sessionToken: session }) }
  const { fromNodeProviderChain } = await import('./sdk-credentials.ts')
  return asked(fromNodeProviderChain({ clientConfig: awsClient('STS', region, world, w) }), { way, region, action: 'find credentials of this machine', w })
}

interface Asked {
  readonly way: AwsWay
  readonly region: string
  readonly action: string
  readonly role?: string
  readonly w: Waiting
}

async function asked(provider: () => Promise<Found>, { way, region, action, role, w }: Asked): Promise<Found> {
  try {
    return await provider()
  } catch (error) {
    throw awsProblem(error, { owner: way, service: `STS of AWS in ${region}`, action, ...(role !== undefined && { role }) }, w)
  }
}
