/** Git connectors: where repositories are, and how to log in there. Secrets are given by reference. */
import { dynText } from '../dynamic/shapes.ts'
import { dynTree } from '../dynamic/tree.ts'
import { known, optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import type { ShapeType } from '../yaml/shape/shape.ts'
import { choice, text } from '../yaml/shape/text.ts'
import { tagged } from '../yaml/shape/variants.ts'

const around = { delegateSelectors: known(), executeOnDelegate: known(), ignoreTestConnection: known(), proxy: known() }

const secretRef = (doc: string) => required(text({ nonEmpty: true, doc }))
const user = { username: optional(dynText()), usernameRef: optional(text({ doc: 'Secret that holds the user name.' })) }

const key = record({ sshKeyRef: secretRef('Secret that holds the private key.') }, { unknown: 'warning' })

const http = tagged({
  tag: 'type',
  cases: {
    UsernamePassword: record({ spec: required(record({ ...user, passwordRef: secretRef('Secret that holds the password.') }, { unknown: 'warning' })) }),
    UsernameToken: record({ spec: required(record({ ...user, tokenRef: secretRef('Secret that holds the token.') }, { unknown: 'warning' })) }),
    OAuth: record({ spec: required(record({ tokenRef: secretRef('Secret that holds the token.') }, { unknown: 'ignore' })) }),
    Anonymous: record({ spec: optional(dynTree()) }),
    /** Known to the original, and not spoken here: whoever uses such a connector is told. */
    GithubApp: record({ spec: optional(dynTree()) }),
    Kerberos: record({ spec: optional(dynTree()) }),
  },
})

const login = tagged({
  tag: 'type',
  doc: 'How to log in: over http(s) with a user and a token, or over ssh with a key.',
  cases: { Http: record({ spec: required(http) }), Ssh: record({ spec: required(key) }) },
})

export const gitSpec = record(
  {
    url: required(dynText({ nonEmpty: true, doc: 'Of a repository, or of the account that has it.' })),
    type: optional(choice(['Account', 'Repo', 'Project', 'Region'], { doc: 'Whether the URL is of one repository (Repo) or of many.' })),
    validationRepo: optional(text()),
    authentication: optional(login),
    apiAccess: optional(dynTree()),
    ...around,
  },
  { name: 'GitConnectorSpec', unknown: 'warning' },
)

const awsKeys = record(
  {
    accessKey: optional(dynText()),
    accessKeyRef: optional(text({ doc: 'Secret that holds the access key.' })),
    secretKeyRef: secretRef('Secret that holds the secret access key.'),
  },
  { unknown: 'warning' },
)

const codecommitLogin = record({
  type: required(choice(['HTTPS'])),
  spec: required(record({ type: required(choice(['AWSCredentials'])), spec: required(awsKeys) })),
})

export const codecommitSpec = record(
  { url: required(dynText({ nonEmpty: true })), type: optional(choice(['Repo', 'Region'])), authentication: optional(codecommitLogin), ...around },
  { name: 'CodecommitConnectorSpec', unknown: 'warning' },
)

/** For any other server: `type` is the protocol here, and `spec` the login. */
export const anyGitSpec = record(
  {
    url: required(dynText({ nonEmpty: true })),
    type: optional(choice(['Http', 'Ssh'])),
    connectionType: optional(choice(['Account', 'Repo', 'Project'])),
    validationRepo: optional(text()),
    branchName: optional(text()),
    spec: optional(record({ ...user, passwordRef: optional(text()), sshKeyRef: optional(text()) }, { unknown: 'warning' })),
    ...around,
  },
  { name: 'AnyGitConnectorSpec', unknown: 'warning' },
)

export type GitSpec = ShapeType<typeof gitSpec>
export type CodecommitSpec = ShapeType<typeof codecommitSpec>
export type AnyGitSpec = ShapeType<typeof anyGitSpec>
