/** The pod of a stage, as its infrastructure describes it, every expression planned. */
import type { Planned } from '../base/planned.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { resolveMap } from '../dynamic/resolve-many.ts'
import type { Infrastructure } from '../pipeline/infrastructure.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { Report } from '../yaml/shape/shape.ts'
import type { KubernetesPlan, SecurityPlan } from './kubernetes-plan.ts'
import { planTimeoutOnce } from './plan-when.ts'
import { scopeAt } from './scope/scope-at.ts'
import type { Site } from './site.ts'

type KubernetesSpec = Extract<Infrastructure, { readonly type: 'KubernetesDirect' }>['spec']

/** Without a spec the stage is sent to Kubernetes by `--on`. */
export function planKubernetes(spec: KubernetesSpec | undefined, stage: Stage, site: Site, report: Report): KubernetesPlan {
  const o: Resolving = { scope: scopeAt({ ...site, stage, stagePath: site.stagePath ?? stage.identifier }), report }
  const about = aboutStage(stage, site)
  if (spec === undefined) return { about, labels: {}, annotations: {}, nodeSelector: {}, security: {}, tolerations: [], volumes: [], hostNames: [] }
  const map = (values: KubernetesSpec['labels']) => (values === undefined ? {} : resolveMap(values, o))
  const initTimeoutMs = planTimeoutOnce(spec.initTimeout, o)
  return {
    about,
    ...one('connector', spec.connectorRef, o),
    ...one('namespace', spec.namespace, o),
    labels: map(spec.labels),
    annotations: map(spec.annotations),
    nodeSelector: map(spec.nodeSelector),
    ...one('serviceAccount', spec.serviceAccountName, o),
    ...one('automountToken', spec.automountServiceAccountToken, o),
    ...one('runAsUser', spec.runAsUser, o),
    security: securityOf(spec.containerSecurityContext, o),
    tolerations: (spec.tolerations ?? []).map(({ key, operator, value, effect, tolerationSeconds }) =>
      given({ key, operator, value, effect, tolerationSeconds }),
    ),
    volumes: (spec.volumes ?? []).map(({ type, mountPath, spec: source }) => ({ type, mountPath, spec: source ?? {} })),
    hostNames: spec.hostNames ?? [],
    ...one('priorityClass', spec.priorityClassName, o),
    ...(initTimeoutMs !== undefined && { initTimeoutMs }),
    ...(spec.harnessImageConnectorRef !== undefined && { imageConnector: spec.harnessImageConnectorRef }),
    ...(spec.imagePullPolicy !== undefined && { pullPolicy: spec.imagePullPolicy }),
    ...one('overlay', spec.podSpecOverlay, o),
  }
}

/** As the documents name them. */
function aboutStage(stage: Stage, { pipeline, facts }: Site): Readonly<Record<string, string>> {
  return given({
    stageID: stage.identifier,
    stageName: stage.name,
    orgID: pipeline.orgIdentifier,
    projectID: pipeline.projectIdentifier,
    pipelineID: pipeline.identifier,
    pipelineExecutionId: facts.executionId,
  })
}

function securityOf(context: KubernetesSpec['containerSecurityContext'], o: Resolving): SecurityPlan {
  if (context === undefined) return {}
  const { runAsUser, runAsGroup, procMount, capabilities } = context
  return {
    ...one('privileged', context.privileged, o),
    ...one('allowPrivilegeEscalation', context.allowPrivilegeEscalation, o),
    ...one('readOnlyRootFilesystem', context.readOnlyRootFilesystem, o),
    ...one('runAsNonRoot', context.runAsNonRoot, o),
    ...given({ runAsUser, runAsGroup, procMount, add: capabilities?.add, drop: capabilities?.drop }),
  }
}

function one<K extends string, T>(key: K, value: Dynamic<T> | undefined, o: Resolving): { readonly [P in K]?: Planned<T> } {
  const planned = value === undefined ? undefined : resolve(value, o)
  return (planned === undefined ? {} : { [key]: planned }) as { readonly [P in K]?: Planned<T> }
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>
}
