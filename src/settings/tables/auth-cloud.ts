/** Credentials of the clouds, from which a registry login is made. */
import { flag, keyIn, none, text } from '../define.ts'
import { on, ours } from '../env-name.ts'
import type { SettingTable } from '../row.ts'
import type { Variant } from '../vocabulary.ts'

const aws: readonly Variant[] = ['ecr']
const google: readonly Variant[] = ['gar', 'gcr']
const azure: readonly Variant[] = ['acr']
const ecr = on(['docker', 'buildx', 'kaniko'], aws)
const ecrClassic = on(['docker', 'buildx'], aws)
const federation = on(['docker'], google)
const acr = on(['docker', 'kaniko'], azure)
const acrDocker = on(['docker'], azure)
const acrKaniko = on(['kaniko'], azure)

export const cloudAuthSettings = {
  accessKey: text({
    env: [...ecr('PLUGIN_ACCESS_KEY'), ...ecrClassic('ECR_ACCESS_KEY', 'AWS_ACCESS_KEY_ID')],
    variants: aws,
    secret: true,
    doc: 'AWS access key.',
  }),
  secretKey: text({
    env: [...ecr('PLUGIN_SECRET_KEY'), ...ecrClassic('ECR_SECRET_KEY', 'AWS_SECRET_ACCESS_KEY')],
    variants: aws,
    secret: true,
    doc: 'AWS secret key.',
  }),
  assumeRole: text({ env: [...ecr('PLUGIN_ASSUME_ROLE'), ...ours('PLUGIN_USER_ROLE_ARN')], variants: aws, doc: 'AWS role to take on.' }),
  externalId: text({ env: ecr('PLUGIN_EXTERNAL_ID'), variants: aws, doc: 'External id of that role.' }),
  oidcToken: text({
    env: [...on(['kaniko', 'docker'], ['ecr', 'acr'])('PLUGIN_OIDC_TOKEN_ID'), ...federation('PLUGIN_OIDC_TOKEN_ID')],
    variants: ['ecr', 'gar', 'gcr', 'acr'],
    secret: true,
    doc: 'Identity token to exchange for a registry login.',
  }),
  createRepository: flag({
    env: [...ecr('PLUGIN_CREATE_REPOSITORY'), ...on(['kaniko'], azure)('PLUGIN_CREATE_REPOSITORY'), ...ecrClassic('ECR_CREATE_REPOSITORY')],
    variants: aws,
    fallback: false,
    doc: 'Creates the repository when it is not there.',
  }),
  lifecyclePolicy: text({
    env: [...ecr('PLUGIN_LIFECYCLE_POLICY'), ...on(['kaniko'], azure)('PLUGIN_LIFECYCLE_POLICY')],
    variants: aws,
    doc: 'File with the lifecycle policy of the repository.',
  }),
  repositoryPolicy: text({
    env: [...ecr('PLUGIN_REPOSITORY_POLICY'), ...on(['kaniko'], azure)('PLUGIN_REPOSITORY_POLICY')],
    variants: aws,
    doc: 'File with the access policy of the repository.',
  }),
  scanOnPush: flag({ env: ecrClassic('PLUGIN_SCAN_ON_PUSH'), variants: aws, fallback: false, doc: 'Lets ECR scan what is pushed.' }),
  jsonKey: text({
    env: [...on(['docker', 'buildx', 'kaniko'], google)('PLUGIN_JSON_KEY'), ...on(['docker', 'buildx'], google)('GCR_JSON_KEY', 'GOOGLE_CREDENTIALS', 'TOKEN')],
    variants: google,
    secret: true,
    doc: 'Service account key, plain or base64.',
  }),
  workloadIdentity: flag({ env: federation('PLUGIN_WORKLOAD_IDENTITY'), variants: google, fallback: false, doc: 'Uses the identity of the machine.' }),
  projectNumber: text({ env: federation('PLUGIN_PROJECT_NUMBER'), variants: google, doc: 'Identity federation: project number.' }),
  poolId: text({ env: federation('PLUGIN_POOL_ID'), variants: google, doc: 'Identity federation: pool.' }),
  providerId: text({ env: federation('PLUGIN_PROVIDER_ID'), variants: google, doc: 'Identity federation: provider.' }),
  serviceAccountEmail: text({ env: federation('PLUGIN_SERVICE_ACCOUNT_EMAIL'), variants: google, doc: 'Identity federation: service account.' }),
  clientId: text({
    env: [...acr('CLIENT_ID', 'AZURE_CLIENT_ID'), ...acrKaniko('PLUGIN_CLIENT_ID'), ...acr('AZURE_APP_ID'), ...acrDocker('PLUGIN_CLIENT_ID')],
    variants: azure,
    doc: 'Azure client.',
  }),
  clientSecret: text({ env: acr('CLIENT_SECRET', 'PLUGIN_CLIENT_SECRET'), variants: azure, secret: true, doc: 'Azure client secret.' }),
  clientCertificate: text({
    env: acr('CLIENT_CERTIFICATE', 'PLUGIN_CLIENT_CERTIFICATE'),
    variants: azure,
    secret: true,
    doc: 'Azure client certificate, base64.',
  }),
  tenantId: text({ env: acr('TENANT_ID', 'AZURE_TENANT_ID', 'PLUGIN_TENANT_ID'), variants: azure, doc: 'Azure tenant.' }),
  subscriptionId: text({
    env: acr('SUBSCRIPTION_ID', 'PLUGIN_SUBSCRIPTION_ID'),
    yaml: keyIn({ acr: ['subscriptionId'] }),
    variants: azure,
    effect: none('images of Azure are linked by the address of their registry'),
    doc: 'Azure subscription, for the link to the artifact.',
  }),
  authorityHost: text({
    env: [...acr('AZURE_AUTHORITY_HOST'), ...acrDocker('PLUGIN_AZURE_AUTHORITY_HOST')],
    variants: azure,
    doc: 'Azure login host of a sovereign cloud.',
  }),
  servicePrincipalId: text({
    env: [...on(['docker', 'buildx'], azure)('SERVICE_PRINCIPAL_CLIENT_ID'), ...ours('PLUGIN_SERVICE_PRINCIPAL_CLIENT_ID')],
    variants: azure,
    doc: 'Service principal that logs in directly.',
  }),
  servicePrincipalSecret: text({
    env: [...on(['docker', 'buildx'], azure)('SERVICE_PRINCIPAL_CLIENT_SECRET'), ...ours('PLUGIN_SERVICE_PRINCIPAL_CLIENT_SECRET')],
    variants: azure,
    secret: true,
    doc: 'Secret of that service principal.',
  }),
} satisfies SettingTable
