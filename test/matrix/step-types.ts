/** The five step types: what each needs to name its target, and what that comes to. */
import { azureRegistry } from '../support/cloud/fleet.ts'

export interface TypeRow {
  readonly type: string
  /** Fields of a step that makes or takes an image of this name. */
  readonly fields: (image: string) => Readonly<Record<string, string>>
  /** The full repository. */
  readonly repository: (image: string) => string
}

export const stepTypes = [
  { type: 'DockerRegistry', fields: (image) => ({ connectorRef: 'hub', repo: `acme/${image}` }), repository: (image) => `acme/${image}` },
  {
    type: 'ECR',
    fields: (imageName) => ({ connectorRef: 'aws', account: '000123456789', region: 'eu-central-1', imageName }),
    repository: (image) => `000123456789.dkr.ecr.eu-central-1.amazonaws.com/${image}`,
  },
  {
    type: 'GAR',
    fields: (imageName) => ({ connectorRef: 'gcp', host: 'europe-docker.pkg.dev', projectID: 'boats/fleet', imageName }),
    repository: (image) => `europe-docker.pkg.dev/boats/fleet/${image}`,
  },
  {
    type: 'GCR',
    fields: (imageName) => ({ connectorRef: 'gcp', host: 'gcr.io', projectID: 'boats', imageName }),
    repository: (image) => `gcr.io/boats/${image}`,
  },
  { type: 'ACR', fields: (image) => ({ connectorRef: 'azure', repository: `${azureRegistry}/${image}` }), repository: (image) => `${azureRegistry}/${image}` },
] as const satisfies readonly TypeRow[]
