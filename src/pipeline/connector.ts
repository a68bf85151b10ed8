/** Connectors in Harness' own YAML: how to reach a registry, a cloud, a cluster or a repository. Read here, used by the adapters. */
import { diagnose } from '../base/diagnostic.ts'
import { dynMap, dynText } from '../dynamic/shapes.ts'
import { dynTree } from '../dynamic/tree.ts'
import { mapped } from '../yaml/shape/combine.ts'
import { known, optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import { keyPath, type ShapeType } from '../yaml/shape/shape.ts'
import { choice, text } from '../yaml/shape/text.ts'
import { tagged } from '../yaml/shape/variants.ts'
import { anyGitSpec, codecommitSpec, gitSpec } from './git-connector.ts'
import { displayName, ownIdentifier } from './names.ts'

/** Secrets are given by reference (`account.dockerPassword`); a user name may be one too. */
const anyDockerAuth = record({
  type: required(choice(['Anonymous', 'UsernamePassword'])),
  spec: optional(
    record({
      username: optional(dynText()),
      usernameRef: optional(text({ doc: 'Secret that holds the user name.' })),
      passwordRef: optional(text({ nonEmpty: true, doc: 'Secret that holds the password.' })),
    }),
  ),
})

const dockerAuth = mapped(anyDockerAuth, (auth, { node, report, path }) => {
  if (auth.type === 'Anonymous') return auth
  const missing = [
    ...(auth.spec?.username === undefined && auth.spec?.usernameRef === undefined ? ['username'] : []),
    ...(auth.spec?.passwordRef === undefined ? ['passwordRef'] : []),
  ]
  for (const key of missing) report(diagnose('YAML_MISSING_KEY', { key, where: `"${keyPath(path, 'spec')}"` }, { at: node.at }))
  return missing.length > 0 ? undefined : auth
})

const around = { delegateSelectors: known(), executeOnDelegate: known(), ignoreTestConnection: known(), proxy: known() }

const dockerSpec = record(
  {
    dockerRegistryUrl: required(dynText({ nonEmpty: true, doc: 'Such as https://index.docker.io/v1/ or https://ghcr.io/NAMESPACE.' })),
    providerType: optional(choice(['DockerHub', 'Harbor', 'Quay', 'Other']), 'Other'),
    auth: optional(dockerAuth),
    ...around,
  },
  { name: 'DockerConnectorSpec' },
)

const credential = optional(dynTree({ doc: 'How to log in.' }))

const cloud = record({ credential, auth: credential, ...around, ...cloudExtras() }, { name: 'CloudConnectorSpec', unknown: 'warning' })

function cloudExtras() {
  return { region: optional(dynText()), azureEnvironmentType: optional(text()), serviceAccountUrl: optional(dynText()) }
}

const common = {
  identifier: ownIdentifier,
  name: required(displayName),
  description: known(),
  orgIdentifier: optional(text()),
  projectIdentifier: optional(text()),
  tags: optional(dynMap()),
  accountIdentifier: known(),
}

const connector = tagged({
  tag: 'type',
  doc: 'A connector.',
  cases: {
    DockerRegistry: record({ ...common, spec: required(dockerSpec) }),
    Aws: record({ ...common, spec: required(cloud) }),
    Gcp: record({ ...common, spec: required(cloud) }),
    Azure: record({ ...common, spec: required(cloud) }),
    K8sCluster: record({ ...common, spec: required(cloud) }),
    Github: record({ ...common, spec: required(gitSpec) }),
    Gitlab: record({ ...common, spec: required(gitSpec) }),
    Bitbucket: record({ ...common, spec: required(gitSpec) }),
    AzureRepo: record({ ...common, spec: required(gitSpec) }),
    Codecommit: record({ ...common, spec: required(codecommitSpec) }),
    Git: record({ ...common, spec: required(anyGitSpec) }),
  },
})

export const connectorDocument = record({ connector: required(connector) }, { name: 'Connector document' })

export type Connector = ShapeType<typeof connector>
