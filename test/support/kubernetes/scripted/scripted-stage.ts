/** A stage in a scripted cluster: opened, its steps behaving as they are told. */
import { type KubernetesInfrastructure, type KubernetesOptions, kubernetesInfra } from '../../../../src/adapters/infra/kubernetes/kubernetes-infra.ts'
import { brandAs } from '../../../../src/base/brand.ts'
import type { Diagnostic } from '../../../../src/base/diagnostic.ts'
import type { RunId } from '../../../../src/events/run-event.ts'
import type { ClusterAccess } from '../../../../src/kubernetes-api/access.ts'
import { systemClock } from '../../../../src/main/system-clock.ts'
import type { KubernetesPlan } from '../../../../src/plan/kubernetes-plan.ts'
import type { StagePlan } from '../../../../src/plan/plan.ts'
import type { ProcessSpec, RunningStep, StepImage, Workspace } from '../../../../src/ports/infrastructure.ts'
import { plainUse } from '../../../../src/ports/registry-use.ts'
import type { RegistryClient } from '../../../../src/registry/client.ts'
import { tempProject } from '../../temp-project.ts'
import type { Manner } from './node.ts'
import type { ScriptedCluster } from './scripted-cluster.ts'

export interface ScriptedStage extends AsyncDisposable {
  readonly infra: KubernetesInfrastructure
  readonly notes: readonly Diagnostic[]
  open(stage?: StagePlan): Promise<Workspace>
}

export const smallImage: StepImage = { reference: 'busybox:1.37', pull: 'if-missing', registry: plainUse, privileged: false }
const nobody = { hosts: [], auth: { credentialsFor: async () => undefined } } as unknown as RegistryClient

export const plainStage: StagePlan = {
  kind: 'stage',
  path: 'launch',
  identifier: 'launch',
  name: 'launch',
  when: { status: 'Success' },
  infrastructure: { on: 'kubernetes', declared: 'none', os: 'Linux', arch: 'Amd64' },
  variables: {},
  steps: [],
}

const nothingSaid: KubernetesPlan = {
  about: {},
  labels: {},
  annotations: {},
  nodeSelector: {},
  security: {},
  tolerations: [],
  volumes: [],
  hostNames: [],
}

export function stageWith(kubernetes: Partial<KubernetesPlan>, stage: StagePlan = plainStage): StagePlan {
  return { ...stage, infrastructure: { ...stage.infrastructure, kubernetes: { ...nothingSaid, ...kubernetes } } }
}

/** Of an infrastructure that has a cluster and nothing else. */
export function bareOptions(access: ClusterAccess, dir: string): KubernetesOptions {
  return {
    dir,
    env: {},
    clock: systemClock,
    code: { place: async () => ({ folder: '/harness' }) },
    client: () => nobody,
    connectors: new Map(),
    read: async () => '',
    access,
    spareContainers: 4,
    watchSeconds: 2,
  }
}

export function scriptedStage(cluster: ScriptedCluster, o: Partial<KubernetesOptions> = {}): ScriptedStage {
  const { dir } = tempProject()
  const notes: Diagnostic[] = []
  const infra = kubernetesInfra({ ...bareOptions(cluster.access, dir), ...o })
  const { signal } = new AbortController()
  return {
    infra,
    notes,
    open: (stage = plainStage) => infra.open(stage, { run: brandAs<RunId>('run'), signal, note: (note) => void notes.push(note) }),
    [Symbol.asyncDispose]: () => infra.close(),
  }
}

export function behaving(name: string, manner: Manner, more: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    name: `launch/${name}`,
    start: { kind: 'program', argv: ['behave', JSON.stringify(manner)] },
    env: new Map(),
    outputs: Object.keys(manner.outputs ?? {}),
    image: smallImage,
    graceMs: 200,
    ...more,
  }
}

export async function outputOf(running: RunningStep): Promise<string> {
  return Buffer.concat((await Array.fromAsync(running.output)).map(({ bytes }) => bytes)).toString()
}

export const linesTo = (count: number): string => Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join('')
