import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../base/diagnostic.ts'
import { sourceFile } from '../text/source-file.ts'
import { parseYaml } from '../yaml/parse.ts'
import { connectorDocument } from './connector.ts'

function read(body: string) {
  const diagnostics: Diagnostic[] = []
  const text = `connector: {identifier: c, name: c, ${body}}\n`
  const [root] = parseYaml(sourceFile('c.yaml', text)).documents
  const value = root === undefined ? undefined : connectorDocument.read(root, (d) => diagnostics.push(d), '')
  return { value, found: diagnostics.map((d) => `${d.severity} ${d.code} ${d.message} ${d.hint ?? ''}`) }
}

const docker = 'dockerRegistryUrl: "https://index.docker.io/v1/"'
const login = 'auth: {type: UsernamePassword, spec: {username: u, passwordRef: account.p}}'

describe('connectors', () => {
  it.each([
    ['Docker Hub', `type: DockerRegistry, spec: {${docker}, providerType: DockerHub, ${login}, delegateSelectors: [a], executeOnDelegate: false}`],
    ['a registry without a login', `type: DockerRegistry, spec: {${docker}, auth: {type: Anonymous}}`],
    ['a user name that is a secret', `type: DockerRegistry, spec: {${docker}, auth: {type: UsernamePassword, spec: {usernameRef: u, passwordRef: p}}}`],
    ['AWS with keys', 'type: Aws, spec: {credential: {type: ManualConfig, spec: {accessKey: a, secretKeyRef: s}, region: us-east-1}}'],
    ['AWS as the machine', 'type: Aws, spec: {credential: {type: Irsa, crossAccountAccess: {crossAccountRoleArn: r}}, delegateSelectors: [a]}'],
    ['GCP with a key', 'type: Gcp, spec: {credential: {type: ManualConfig, spec: {secretKeyRef: account.key}}}'],
    [
      'Azure',
      'type: Azure, spec: {credential: {type: ManualConfig, spec: {applicationId: a, tenantId: t, auth: {type: Secret, spec: {secretRef: s}}}}, azureEnvironmentType: AZURE}',
    ],
    ['a cluster', 'type: K8sCluster, spec: {credential: {type: InheritFromDelegate}, delegateSelectors: [a]}'],
    [
      'GitHub',
      'type: Github, spec: {url: "https://github.com/acme", type: Account, validationRepo: app, authentication: {type: Http, spec: {type: UsernameToken, spec: {username: u, tokenRef: t}}}, apiAccess: {type: Token, spec: {tokenRef: t}}}',
    ],
    ['GitLab', 'type: Gitlab, spec: {url: "https://gitlab.com/acme/app", type: Repo}'],
    ['Bitbucket', 'type: Bitbucket, spec: {url: "https://bitbucket.org/acme/app", type: Repo}'],
    ['Azure Repos', 'type: AzureRepo, spec: {url: "https://dev.azure.com/acme/app", type: Project}'],
    ['CodeCommit', 'type: Codecommit, spec: {url: "https://git-codecommit.us-east-1.amazonaws.com/v1/repos", type: Region}'],
    ['any Git server', 'type: Git, spec: {url: "https://git.example", type: Http, connectionType: Account, spec: {username: u, passwordRef: p}}'],
  ])('of %s are read without a finding', (_name, body) => {
    expect(read(body)).toMatchObject({ value: { connector: { identifier: 'c' } }, found: [] })
  })

  it.each([
    ['CN-01 url', `type: DockerRegistry, spec: {${login}}`, 'dockerRegistryUrl'],
    ['CN-01 provider', `type: DockerRegistry, spec: {${docker}, providerType: Hub}`, 'DockerHub'],
    ['CN-01 kind of login', `type: DockerRegistry, spec: {${docker}, auth: {type: Token}}`, 'Anonymous'],
    ['CN-05 a password without a user name', `type: DockerRegistry, spec: {${docker}, auth: {type: UsernamePassword, spec: {passwordRef: p}}}`, 'username'],
    ['CN-05 a user name without a password', `type: DockerRegistry, spec: {${docker}, auth: {type: UsernamePassword, spec: {username: u}}}`, 'passwordRef'],
    ['CN-05 neither', `type: DockerRegistry, spec: {${docker}, auth: {type: UsernamePassword}}`, 'username'],
    ['CN-21 url', 'type: Github, spec: {type: Account}', 'url'],
    ['CN-21 kind of url', 'type: Gitlab, spec: {url: "https://gitlab.com", type: User}', 'Account'],
    ['unknown type', 'type: Docker, spec: {}', 'DockerRegistry'],
    ['no spec', 'type: Aws', 'spec'],
    ['identifier', 'type: Aws, spec: {}'.replace('type', 'tpye'), 'type'],
  ])('%s: what is wrong is named', (_row, body, says) => {
    const { value, found } = read(body)
    expect(value).toBeUndefined()
    expect(found.join('\n')).toContain(says)
  })

  it('tell unknown keys of clouds, and go on', () => {
    expect(read('type: Gcp, spec: {credentials: {type: ManualConfig}}')).toMatchObject({
      value: {},
      found: [expect.stringContaining('warning YAML_UNKNOWN_KEY')],
    })
  })
})
