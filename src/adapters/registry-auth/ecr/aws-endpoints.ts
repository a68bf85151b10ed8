/** Where AWS' services are: their own names, or what AWS_ENDPOINT_URL and its kin say, as for AWS' own programs. */
import type { CloudWorld } from '../cloud/cloud-world.ts'
import { awsHttp } from './aws-http.ts'

export type AwsService = 'STS' | 'ECR' | 'ECR_PUBLIC'

/** The settings that every client of AWS' library gets. */
export function awsClient(service: AwsService, region: string, world: CloudWorld, w: { readonly signal: AbortSignal }) {
  const { env } = world
  const ignored = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true'
  const endpoint = ignored ? undefined : env[`AWS_ENDPOINT_URL_${service}`] || env['AWS_ENDPOINT_URL'] || undefined
  return { region, requestHandler: awsHttp(world, w), maxAttempts: 4, ...(endpoint !== undefined && { endpoint }) }
}
