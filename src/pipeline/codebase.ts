/** The repository under build: which, at what revision, and how it is cloned. */
import { dynChoice, dynFlag, dynInteger, dynList, dynText } from '../dynamic/shapes.ts'
import { anyOf } from '../yaml/shape/combine.ts'
import { known, optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import type { ShapeType } from '../yaml/shape/shape.ts'
import { tagged } from '../yaml/shape/variants.ts'
import { timeout } from './duration.ts'
import { failureStrategies } from './strategy.ts'

const build = tagged({
  tag: 'type',
  doc: 'The revision to clone.',
  cases: {
    branch: record({ spec: required(record({ branch: required(dynText({ nonEmpty: true })) })) }),
    tag: record({ spec: required(record({ tag: required(dynText({ nonEmpty: true })) })) }),
    PR: record({ spec: required(record({ number: required(dynText({ nonEmpty: true })) })) }),
    commitSha: record({ spec: required(record({ commitSha: required(dynText({ nonEmpty: true })) })) }),
  },
})

/** Answered inputs are maps again by now; what is left can only be an expression. */
const expressionOnly = dynText({ pattern: /.*<\+.*/, patternName: 'a map with type and spec' })

/** Keys that the codebase and the GitClone step share. */
export const cloneFields = {
  connectorRef: optional(dynText({ doc: 'Git connector.' })),
  repoName: optional(dynText({ doc: 'Repository, when the connector is for an account.' })),
  projectName: optional(dynText()),
  build: optional(anyOf({ map: build, scalar: expressionOnly })),
  depth: optional(dynInteger({ min: 0, doc: 'How many commits; 0 is all.' })),
  sslVerify: optional(dynFlag()),
  lfs: optional(dynFlag()),
  fetchTags: optional(dynFlag()),
  sparseCheckout: optional(dynList()),
  submoduleStrategy: optional(dynChoice(['true', 'false', 'recursive'])),
  cloneDirectory: optional(dynText()),
  preFetchCommand: optional(dynText()),
  debug: optional(dynFlag()),
}

export const codebase = record(
  {
    ...cloneFields,
    prCloneStrategy: optional(dynChoice(['MergeCommit', 'SourceBranch'])),
    persistCredentials: optional(dynFlag()),
    resources: known(),
    timeout: optional(timeout),
    failureStrategies: optional(failureStrategies),
  },
  { name: 'Codebase', doc: 'The repository that stages with cloneCodebase see.' },
)

export type Codebase = ShapeType<typeof codebase>
