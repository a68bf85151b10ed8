/** Where a stage says it runs: Cloud and Docker runtimes, VM pools (two shapes), Kubernetes, or as an earlier stage. */
import { dynFlag, dynMap, dynText } from '../dynamic/shapes.ts'
import { list } from '../yaml/shape/collections.ts'
import { known, optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import type { ShapeType } from '../yaml/shape/shape.ts'
import { choice, text } from '../yaml/shape/text.ts'
import { anyJson, integer } from '../yaml/shape/values.ts'
import { tagged } from '../yaml/shape/variants.ts'
import { pullPolicies } from './container.ts'
import { timeout } from './duration.ts'
import { needsOneOf } from './needs-one-of.ts'

const os = choice(['Linux', 'MacOS', 'Windows'], { doc: 'Operating system.' })
const arch = choice(['Amd64', 'Arm64'], { doc: 'CPU architecture.' })
const sizes = ['xsmall', 'flex', 'small', 'medium', 'large', 'xlarge', 'xxlarge', 'xxxlarge'] as const

export const platform = record(
  { os: optional(os, 'Linux'), arch: optional(arch, 'Amd64') },
  { name: 'Platform', doc: 'Operating system and CPU of the stage.' },
)

const cloudSpec = record({ size: optional(choice(sizes)), imageName: optional(text()), nestedVirtualization: optional(dynFlag()) })

export const runtime = tagged({
  tag: 'type',
  doc: 'Cloud: a machine of its own; Docker: containers of this machine.',
  cases: {
    Cloud: record({ spec: optional(cloudSpec) }, { name: 'CloudRuntime' }),
    Docker: record({ spec: optional(record({ harnessImageConnectorRef: optional(text()) })) }, { name: 'DockerRuntime' }),
  },
})

const toleration = record({
  effect: optional(text()),
  key: optional(text()),
  operator: optional(text()),
  value: optional(text()),
  tolerationSeconds: optional(integer()),
})

const securityContext = record({
  privileged: optional(dynFlag()),
  allowPrivilegeEscalation: optional(dynFlag()),
  capabilities: optional(record({ add: optional(list(text())), drop: optional(list(text())) })),
  procMount: optional(text()),
  readOnlyRootFilesystem: optional(dynFlag()),
  runAsGroup: optional(integer()),
  runAsNonRoot: optional(dynFlag()),
  runAsUser: optional(integer()),
})

const volume = tagged({
  tag: 'type',
  cases: {
    EmptyDir: record({ mountPath: required(text()), spec: optional(anyJson()) }),
    PersistentVolumeClaim: record({ mountPath: required(text()), spec: required(anyJson()) }),
    HostPath: record({ mountPath: required(text()), spec: required(anyJson()) }),
  },
})

const kubernetesSpec = record(
  {
    connectorRef: required(dynText({ nonEmpty: true, doc: 'Kubernetes connector.' })),
    namespace: required(dynText({ nonEmpty: true, doc: 'Namespace for the pods.' })),
    automountServiceAccountToken: optional(dynFlag()),
    nodeSelector: optional(dynMap()),
    os: optional(os),
    annotations: optional(dynMap()),
    labels: optional(dynMap()),
    serviceAccountName: optional(dynText()),
    runAsUser: optional(dynText()),
    containerSecurityContext: optional(securityContext),
    tolerations: optional(list(toleration)),
    volumes: optional(list(volume)),
    hostNames: optional(list(text())),
    priorityClassName: optional(dynText()),
    initTimeout: optional(timeout),
    harnessImageConnectorRef: optional(text()),
    imagePullPolicy: optional(choice(pullPolicies)),
    podSpecOverlay: optional(dynText()),
  },
  { name: 'KubernetesSpec' },
)

const poolSpec = record({
  poolName: optional(dynText()),
  identifier: optional(dynText()),
  os: optional(os),
  initTimeout: optional(timeout),
  harnessImageConnectorRef: optional(text()),
})

/** Hosted shape `spec.platform`, and the pool shape `spec.type: Pool`. */
const vmSpec = needsOneOf(record({ platform: optional(platform), type: optional(choice(['Pool'])), spec: optional(poolSpec) }, { name: 'VmSpec' }), [
  'platform',
  'type',
])

export const infrastructure = tagged({
  tag: 'type',
  doc: 'Where the stage runs.',
  cases: {
    KubernetesDirect: record({ spec: required(kubernetesSpec) }, { name: 'KubernetesDirect' }),
    VM: record({ spec: required(vmSpec) }, { name: 'VmInfrastructure' }),
    UseFromStage: record({ useFromStage: required(text()) }),
  },
})

export const useFromStage = record({ useFromStage: required(text({ doc: 'Identifier of an earlier stage.' })) }, { name: 'UseFromStage' })

/** Keys of services that are not here: accepted, and said so. */
export const cloudOnly = {
  serviceDependencies: known('it is the old form of Background steps; write the services as Background steps'),
  buildIntelligence: known('build intelligence is a service of Harness'),
  slsa_provenance: known('images are not signed yet'),
}

export type Platform = ShapeType<typeof platform>
export type Runtime = ShapeType<typeof runtime>
export type Infrastructure = ShapeType<typeof infrastructure>
