/** What a stage says of its pod, as plain values that the cluster will take; or all that is wrong with it. */
import { type Diagnostic, diagnose } from '../../../../base/diagnostic.ts'
import type { Planned } from '../../../../base/planned.ts'
import { isSecretText, type Text } from '../../../../base/secret-text.ts'
import type { KubernetesPlan, TolerationPlan } from '../../../../plan/kubernetes-plan.ts'
import { judges } from './names.ts'
import { type Overlay, parseOverlay } from './overlay.ts'
import { type PodVolume, volumeOf } from './volumes.ts'

export interface ContainerSecurity {
  readonly privileged?: boolean
  readonly allowPrivilegeEscalation?: boolean
  readonly readOnlyRootFilesystem?: boolean
  readonly runAsNonRoot?: boolean
  readonly runAsUser?: number
  readonly runAsGroup?: number
  readonly procMount?: string
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] }
}

export interface PodSettings {
  readonly connector?: string
  readonly namespace?: string
  readonly about: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly nodeSelector: Readonly<Record<string, string>>
  readonly serviceAccount?: string
  readonly automountToken?: boolean
  readonly runAsUser?: number
  readonly security: ContainerSecurity
  readonly tolerations: readonly TolerationPlan[]
  readonly volumes: readonly PodVolume[]
  readonly hostNames: readonly string[]
  readonly priorityClass?: string
  readonly initTimeoutMs: number
  readonly imageConnector?: string
  readonly pullPolicy?: 'Always' | 'Never' | 'IfNotPresent'
  readonly overlay: Overlay
}

export interface CheckedSettings {
  readonly settings: PodSettings
  readonly diagnostics: readonly Diagnostic[]
}

const usualInitMs = 8 * 60_000

export const noKubernetesPlan: KubernetesPlan = {
  about: {},
  labels: {},
  annotations: {},
  nodeSelector: {},
  security: {},
  tolerations: [],
  volumes: [],
  hostNames: [],
}

type Judge = (text: string) => string | undefined

export function podSettings(plan: KubernetesPlan): CheckedSettings {
  const diagnostics: Diagnostic[] = []
  const invalid = (key: string, reason: string): void => void diagnostics.push(diagnose('K8S_SETTING_INVALID', { key, reason }))
  const judged = (key: string, text: string, judge: Judge | undefined): void => {
    const wrong = judge?.(text)
    if (wrong !== undefined) invalid(key, wrong)
  }
  const now = <T>(key: string, planned: Planned<T>): T | undefined => {
    if (planned.kind === 'known') return planned.value
    diagnostics.push(diagnose('K8S_DECIDED_LATE', { setting: key, step: 'the stage' }, { at: planned.at }))
    return undefined
  }
  const text = (key: string, planned: Planned<Text> | undefined, judge?: Judge): string | undefined => {
    const value = planned === undefined ? undefined : now(key, planned)
    if (value === undefined || value === '') return undefined
    if (isSecretText(value)) {
      invalid(key, 'a secret would be seen by everybody who may look at pods')
      return undefined
    }
    judged(key, value, judge)
    return value
  }
  const flag = (key: string, planned: Planned<boolean> | undefined): boolean | undefined => (planned === undefined ? undefined : now(key, planned))
  const map = (key: string, values: KubernetesPlan['labels'], judge?: { readonly key: Judge; readonly value?: Judge }): Record<string, string> =>
    Object.fromEntries(
      Object.entries(values).map(([name, planned]) => {
        judged(key, name, judge?.key)
        return [name, text(`${key}.${name}`, planned, judge?.value) ?? '']
      }),
    )
  const list = (key: string, values: readonly string[], judge: Judge): readonly string[] => {
    for (const value of values) judged(key, value, judge)
    return values
  }
  const user = text('runAsUser', plan.runAsUser, (value) => (/^\d+$/.test(value) ? undefined : `"${value}" is no number of a user`))
  const overlay = parseOverlay(text('podSpecOverlay', plan.overlay) ?? '')
  if ('reason' in overlay) diagnostics.push(diagnose('K8S_OVERLAY_INVALID', { reason: overlay.reason }))
  const labels = { key: judges.labelKey, value: judges.labelValue }
  const settings = {
    ...given({
      connector: text('connectorRef', plan.connector),
      namespace: text('namespace', plan.namespace, judges.namespace),
      serviceAccount: text('serviceAccountName', plan.serviceAccount, judges.object),
      automountToken: flag('automountServiceAccountToken', plan.automountToken),
      runAsUser: user === undefined ? undefined : Number(user),
      priorityClass: text('priorityClassName', plan.priorityClass, judges.object),
      imageConnector: plan.imageConnector,
      pullPolicy: plan.pullPolicy,
    }),
    about: plan.about,
    labels: map('labels', plan.labels, labels),
    annotations: map('annotations', plan.annotations, { key: judges.labelKey }),
    nodeSelector: map('nodeSelector', plan.nodeSelector, labels),
    security: securityOf(plan, flag),
    tolerations: plan.tolerations,
    volumes: plan.volumes.map((volume, i) => volumeOf(volume, `volume-${i}`, invalid)),
    hostNames: list('hostNames', plan.hostNames, judges.host),
    initTimeoutMs: plan.initTimeoutMs ?? usualInitMs,
    overlay: 'reason' in overlay ? {} : overlay.overlay,
  }
  return { settings, diagnostics }
}

function securityOf({ security }: KubernetesPlan, flag: (key: string, planned: Planned<boolean> | undefined) => boolean | undefined): ContainerSecurity {
  const { add, drop, runAsUser, runAsGroup, procMount } = security
  return given({
    privileged: flag('containerSecurityContext.privileged', security.privileged),
    allowPrivilegeEscalation: flag('containerSecurityContext.allowPrivilegeEscalation', security.allowPrivilegeEscalation),
    readOnlyRootFilesystem: flag('containerSecurityContext.readOnlyRootFilesystem', security.readOnlyRootFilesystem),
    runAsNonRoot: flag('containerSecurityContext.runAsNonRoot', security.runAsNonRoot),
    runAsUser,
    runAsGroup,
    procMount,
    capabilities: add === undefined && drop === undefined ? undefined : given({ add, drop }),
  })
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Without what is undefined. */
export function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>
}
