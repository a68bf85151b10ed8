/** A pipeline of image steps, as short as it gets. */

export interface ImageStep {
  /** The last part of the step's type: `DockerRegistry`, `ECR`, `GAR`, `GCR`, `ACR`. */
  readonly to?: 'DockerRegistry' | 'ECR' | 'GAR' | 'GCR' | 'ACR'
  readonly spec: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
}

/** JSON is YAML. */
export function imagePipeline(...steps: readonly ImageStep[]): string {
  const all = steps.map(({ to = 'DockerRegistry', spec, env }, at) => ({
    step: {
      identifier: `s${at + 1}`,
      name: `s${at + 1}`,
      type: `BuildAndPush${to}`,
      spec: { ...spec, ...(env !== undefined && { envVariables: env }) },
    },
  }))
  const stage = {
    identifier: 'build',
    name: 'build',
    type: 'CI',
    spec: { cloneCodebase: true, platform: { os: 'Linux', arch: 'Amd64' }, execution: { steps: all } },
  }
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage }] } }, null, 1)
}

export interface ConnectorText {
  readonly type: string
  readonly spec: Readonly<Record<string, unknown>>
}

/** `.slipway/config.yaml` with connectors by identifier and hosts. */
export function configText(connectors: Readonly<Record<string, ConnectorText>>, hosts: readonly object[] = []): string {
  return JSON.stringify({
    hosts,
    connectors: Object.entries(connectors).map(([identifier, rest]) => ({ connector: { identifier, name: identifier, ...rest } })),
  })
}

/** The password is the secret `pw-USER`, the variable SLIPWAY_SECRET_PW_USER. */
export function dockerConnector(url: string, user?: string): ConnectorText {
  const auth = user === undefined ? { type: 'Anonymous' } : { type: 'UsernamePassword', spec: { username: user, passwordRef: `pw-${user}` } }
  return { type: 'DockerRegistry', spec: { dockerRegistryUrl: url, auth } }
}
