/** What a step asks for a repository of ECR before it pushes: create it, scan what comes in, policies. Existing repositories are fine. */
import { diagnose } from '../../../base/diagnostic.ts'
import { type Problem, problem } from '../../../base/problem.ts'
import type { RepositoryRef } from '../../../oci/ref.ts'
import type { DeliveryOptions, RepositoryWishes } from '../../../ports/delivery.ts'
import type { CloudWorld } from '../cloud/cloud-world.ts'
import type { AwsAccess } from './aws-access.ts'
import { awsClient } from './aws-endpoints.ts'
import { awsErrorName, awsProblem } from './aws-problem.ts'
import { type EcrHost, ecrHost } from './ecr-host.ts'

export interface Caring extends DeliveryOptions {
  readonly aws: () => AwsAccess | undefined
  readonly world: CloudWorld
}

export async function careForRepository(ref: RepositoryRef, wishes: RepositoryWishes, o: Caring): Promise<void> {
  const host = ecrHost(ref.registry)
  const asked = wishes.create || wishes.scanOnPush || wishes.lifecyclePolicy !== undefined || wishes.accessPolicy !== undefined
  if (!asked || host === undefined) return
  const aws = o.aws()
  if (aws === undefined) {
    const reason = 'creating repositories and setting policies needs the keys or role of an AWS connector'
    throw problem('CLOUD_CREDENTIALS_MISSING', { from: 'the step', registry: ref.registry, reason })
  }
  if (host.kind === 'public') await carePublic(ref, wishes, aws, o)
  else await carePrivate(ref, host, wishes, aws, o)
}

type PrivateHost = Extract<EcrHost, { kind: 'private' }>

async function carePrivate(ref: RepositoryRef, host: PrivateHost, wishes: RepositoryWishes, aws: AwsAccess, o: Caring): Promise<void> {
  const ecr = await import('./sdk-ecr.ts')
  const credentials = await aws.keys(host.region, o)
  const client = new ecr.ECRClient({ ...awsClient('ECR', host.region, o.world, o), credentials, useFipsEndpoint: host.fips })
  const asking: Asking = { ref, aws, o, service: `ECR of AWS in ${host.region}` }
  const at = { registryId: host.account, repositoryName: ref.repository }
  const scan = { imageScanningConfiguration: { scanOnPush: true } }
  const created =
    wishes.create && (await made(asking, 'ecr:CreateRepository', () => client.send(new ecr.CreateRepositoryCommand({ ...at, ...(wishes.scanOnPush && scan) }))))
  if (wishes.scanOnPush && !created)
    await done(asking, 'ecr:PutImageScanningConfiguration', () => client.send(new ecr.PutImageScanningConfigurationCommand({ ...at, ...scan })))
  const { lifecyclePolicy, accessPolicy } = wishes
  if (lifecyclePolicy !== undefined)
    await done(asking, 'ecr:PutLifecyclePolicy', () => client.send(new ecr.PutLifecyclePolicyCommand({ ...at, lifecyclePolicyText: lifecyclePolicy })))
  if (accessPolicy !== undefined)
    await done(asking, 'ecr:SetRepositoryPolicy', () => client.send(new ecr.SetRepositoryPolicyCommand({ ...at, policyText: accessPolicy })))
}

/** A public repository belongs to the caller's registry; its alias is no part of its name. */
async function carePublic(ref: RepositoryRef, wishes: RepositoryWishes, aws: AwsAccess, o: Caring): Promise<void> {
  const ecr = await import('./sdk-ecr-public.ts')
  const client = new ecr.ECRPUBLICClient({ ...awsClient('ECR_PUBLIC', 'us-east-1', o.world, o), credentials: await aws.keys('us-east-1', o) })
  const asking: Asking = { ref, aws, o, service: 'public ECR of AWS' }
  const repositoryName = ref.repository.replace(/^[^/]*\//, '')
  if (wishes.create) await made(asking, 'ecr-public:CreateRepository', () => client.send(new ecr.CreateRepositoryCommand({ repositoryName })))
  const { accessPolicy } = wishes
  if (accessPolicy !== undefined)
    await done(asking, 'ecr-public:SetRepositoryPolicy', () => client.send(new ecr.SetRepositoryPolicyCommand({ repositoryName, policyText: accessPolicy })))
  const nothing = [...(wishes.scanOnPush ? ['PLUGIN_SCAN_ON_PUSH'] : []), ...(wishes.lifecyclePolicy === undefined ? [] : ['PLUGIN_LIFECYCLE_POLICY'])]
  for (const setting of nothing) {
    const repository = `${ref.registry}/${ref.repository}`
    o.note?.(diagnose('REPOSITORY_CARE_NOTHING', { setting, repository, because: 'public registries of AWS have no such thing' }))
  }
}

interface Asking {
  readonly ref: RepositoryRef
  readonly aws: AwsAccess
  readonly o: Caring
  readonly service: string
}

/** False when it is there already. */
async function made(asking: Asking, right: string, send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send()
    return true
  } catch (error) {
    if (awsErrorName(error) === 'RepositoryAlreadyExistsException') return false
    throw careProblem(error, right, asking)
  }
}

async function done(asking: Asking, right: string, send: () => Promise<unknown>): Promise<void> {
  await send().catch((error: unknown) => {
    throw careProblem(error, right, asking)
  })
}

/** What the user asked for and the registry does not take. */
const wrong: ReadonlySet<string> = new Set([
  'InvalidParameterException',
  'RepositoryNotFoundException',
  'RepositoryPolicyNotFoundException',
  'LimitExceededException',
  'ValidationException',
  'MalformedPolicyDocumentException',
])

function careProblem(error: unknown, right: string, { ref, aws, o, service }: Asking): unknown {
  const repository = `${ref.registry}/${ref.repository}`
  const owner = aws.way
  if (error instanceof Error && wrong.has(error.name)) return refused(right, repository, error, owner.at)
  return awsProblem(error, { owner, service, action: `do ${right} on ${repository}` }, o)
}

function refused(action: string, repository: string, cause: Error, at: AwsAccess['way']['at']): Problem {
  return problem('REPOSITORY_CARE_FAILED', { action, repository, reason: cause.message.split('\n')[0] ?? '' }, { cause, at })
}
