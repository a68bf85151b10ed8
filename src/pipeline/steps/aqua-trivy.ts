/** The `spec` of the Aqua Trivy scan step. */
import { dynChoice, dynFlag, dynList, dynMap, dynText } from '../../dynamic/shapes.ts'
import { list } from '../../yaml/shape/collections.ts'
import { anyNode } from '../../yaml/shape/combine.ts'
import { known, optional, required } from '../../yaml/shape/field.ts'
import { record } from '../../yaml/shape/record.ts'
import { containerFields } from '../container.ts'
import { outputVariable } from './commands.ts'

const target = record(
  {
    type: required(dynChoice(['repository', 'container', 'instance', 'configuration'])),
    name: optional(dynText({ doc: 'Name of what is scanned, for comparison with earlier scans.' })),
    variant: optional(dynText({ doc: 'Version or branch of it.' })),
    detection: optional(dynChoice(['manual', 'auto'], { doc: 'Whether name and variant are given or found out.' })),
    workspace: optional(dynText({ doc: 'What to scan: an archive or a folder, relative to /harness.' })),
  },
  { name: 'ScanTarget' },
)

const image = record(
  {
    type: required(dynChoice(['aws_ecr', 'docker_v2', 'jfrog_artifactory', 'local_image', 'local_archive', 'harness'])),
    name: optional(dynText()),
    tag: optional(dynText()),
    domain: optional(dynText({ doc: 'Registry.' })),
    region: optional(dynText()),
    registry: optional(dynText()),
    access_id: optional(dynText()),
    access_token: optional(dynText()),
    image_path: optional(dynText()),
  },
  { name: 'ScanImage' },
)

const repository = record({
  type: optional(dynChoice(['harness', 'local'])),
  registry: optional(dynText()),
  name: optional(dynText()),
  version: optional(dynText()),
})

const log = record({ level: optional(dynChoice(['info', 'debug', 'warning', 'error'])), serializer: optional(dynText()) })
const args = record({ cli: optional(dynText({ doc: 'More arguments for the scanner.' })), passthrough: optional(dynText()) })

const advanced = record({
  log: optional(log),
  args: optional(args),
  fail_on_severity: optional(dynChoice(['critical', 'high', 'medium', 'low', 'info', 'none'], { doc: 'The step fails at this severity or worse.' })),
  include_raw: optional(dynFlag()),
})

const sbom = record({ generate: optional(dynFlag()), format: optional(dynChoice(['spdx-json', 'cyclonedx-json'])) })

export const aquaTrivySpec = record(
  {
    mode: required(dynChoice(['orchestration', 'ingestion', 'extraction'], { doc: 'orchestration: scan; ingestion: read results of a scan.' })),
    config: required(dynChoice(['default', 'fs', 'sbom'], { doc: 'What kind of scan.' })),
    target: required(target),
    image: optional(image),
    repository: optional(repository),
    advanced: optional(advanced),
    ingestion: optional(record({ file: optional(dynText({ doc: 'Results to read.' })) })),
    sbom: optional(sbom),
    imageTag: known('the scanner is part of Slipway, or the trivy program found on this machine'),
    connectorRef: optional(dynText()),
    baseImageConnectorRefs: optional(dynList({ orOne: true })),
    envVariables: optional(dynMap()),
    outputVariables: optional(list(outputVariable)),
    settings: optional(anyNode()),
    ...containerFields,
  },
  { name: 'AquaTrivySpec', doc: 'Scans an image or a folder for known vulnerabilities.' },
)
