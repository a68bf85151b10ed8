/** The private registry of an AWS identity in a region: AWS names it with every login. */
import { problem } from '../../../base/problem.ts'
import type { LoginSettings } from '../../../image-job/login.ts'
import { registryOfUrl } from '../../../oci/registry-host.ts'
import type { CloudWorld, Waiting } from '../cloud/cloud-world.ts'
import { awsAccess } from './aws-access.ts'
import { awsClient } from './aws-endpoints.ts'
import { awsProblem } from './aws-problem.ts'
import { awsWay } from './aws-way.ts'
import { ecrHost } from './ecr-host.ts'

export async function findEcrRegistry(settings: LoginSettings, region: string, world: CloudWorld, w: Waiting): Promise<string> {
  const way = awsWay({ from: 'the settings of the step', settings }, world)
  const { ECRClient, GetAuthorizationTokenCommand } = await import('./sdk-ecr.ts')
  const client = new ECRClient({ ...awsClient('ECR', region, world, w), credentials: await awsAccess(way, world).keys(region, w) })
  const service = `ECR of AWS in ${region}`
  const answer = await client.send(new GetAuthorizationTokenCommand({})).catch((error: unknown) => {
    throw awsProblem(error, { owner: way, service, action: 'ask for the registry of its account (ecr:GetAuthorizationToken)' }, w)
  })
  const registry = registryOfUrl(answer.authorizationData?.[0]?.proxyEndpoint ?? '')
  if (registry === undefined || ecrHost(registry) === undefined)
    throw problem('CLOUD_SERVICE_FAILED', { service, what: 'the name of a registry', reason: 'the answer holds none' })
  return registry
}
