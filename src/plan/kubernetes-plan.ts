/** What a stage says of the pod it runs in. Plain JSON in plans. */
import type { Json } from '../base/json.ts'
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'

type Texts = Readonly<Record<string, Planned<Text>>>

export interface SecurityPlan {
  readonly privileged?: Planned<boolean>
  readonly allowPrivilegeEscalation?: Planned<boolean>
  readonly readOnlyRootFilesystem?: Planned<boolean>
  readonly runAsNonRoot?: Planned<boolean>
  readonly runAsUser?: number
  readonly runAsGroup?: number
  readonly procMount?: string
  readonly add?: readonly string[]
  readonly drop?: readonly string[]
}

export interface TolerationPlan {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
  readonly tolerationSeconds?: number
}

export interface VolumePlan {
  readonly type: 'EmptyDir' | 'PersistentVolumeClaim' | 'HostPath'
  readonly mountPath: string
  readonly spec: Json
}

export interface KubernetesPlan {
  /** Absent: the usual cluster, as for stages that are sent there by `--on`. */
  readonly connector?: Planned<Text>
  readonly namespace?: Planned<Text>
  /** What every pod is marked with: stage, pipeline and execution. */
  readonly about: Readonly<Record<string, string>>
  readonly labels: Texts
  readonly annotations: Texts
  readonly nodeSelector: Texts
  readonly serviceAccount?: Planned<Text>
  readonly automountToken?: Planned<boolean>
  readonly runAsUser?: Planned<Text>
  readonly security: SecurityPlan
  readonly tolerations: readonly TolerationPlan[]
  readonly volumes: readonly VolumePlan[]
  readonly hostNames: readonly string[]
  readonly priorityClass?: Planned<Text>
  readonly initTimeoutMs?: number
  /** Whose credentials Slipway's own image is pulled with. */
  readonly imageConnector?: string
  readonly pullPolicy?: 'Always' | 'Never' | 'IfNotPresent'
  readonly overlay?: Planned<Text>
}
