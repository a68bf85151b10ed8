/** The pod of a stage: one container per step, all of them waiting for their turn, and one that files go through. Pure. */
import type { Json } from '../../../../base/json.ts'
import { madeFolder } from '../../../../ports/infrastructure.ts'
import { launcherTexts } from '../launcher/programs.ts'
import type { ContainerPlan } from './containers.ts'
import { labelValue } from './names.ts'
import { overlaid } from './overlay.ts'
import { type ContainerSecurity, given, type PodSettings } from './settings.ts'

export interface PodNeeds {
  readonly name: string
  readonly namespace: string
  readonly settings: PodSettings
  readonly containers: readonly ContainerPlan[]
  /** Has a shell, tar, base64 and mkfifo: the first container and the one that files go through run in it, and those whose image comes late wait in it. */
  readonly helperImage: string
  /** Of the secret with the logins of images. */
  readonly pullSecret?: string
  readonly sharedPaths: readonly string[]
  /** Names of services: the stage's own address. */
  readonly services: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

export const helperName = 'slipway'
export const initName = 'slipway-init'
export const workspace = '/harness'
/** In each container of a step: what is its own alone. */
export const inside = '/run/slipway'
/** Where the init container and the helper see what belongs to all of them. */
export const outside = '/slipway'

export const usualLimits = { memory: '500Mi', cpu: '400m' } as const
const usualRequests = { memory: '10Mi', cpu: '10m' } as const
const helperResources = { limits: { memory: '512Mi', cpu: '500m' }, requests: usualRequests }

export function podManifest(o: PodNeeds) {
  const { settings } = o
  const aliases = [...new Set([...settings.hostNames, ...o.services])]
  const spec = {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 10,
    enableServiceLinks: false,
    ...given({
      serviceAccountName: settings.serviceAccount,
      automountServiceAccountToken: settings.automountToken,
      priorityClassName: settings.priorityClass,
    }),
    ...(Object.keys(settings.nodeSelector).length > 0 && { nodeSelector: settings.nodeSelector }),
    ...(settings.tolerations.length > 0 && { tolerations: settings.tolerations.map((one) => ({ ...one })) }),
    ...(o.pullSecret !== undefined && { imagePullSecrets: [{ name: o.pullSecret }] }),
    ...(aliases.length > 0 && { hostAliases: [{ ip: '127.0.0.1', hostnames: aliases }] }),
    volumes: volumes(o),
    initContainers: [initContainer(o)],
    containers: [helper(o), ...o.containers.map((container) => stepContainer(container, o))],
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: o.name,
      namespace: o.namespace,
      labels: labelsOf(o),
      ...(Object.keys(settings.annotations).length > 0 && { annotations: settings.annotations }),
    },
    spec: overlaid(spec as unknown as Json, settings.overlay) as typeof spec,
  }
}

export type PodManifest = ReturnType<typeof podManifest>

/** What marks it as ours comes last: nobody may change that. */
function labelsOf({ settings, labels }: PodNeeds): Readonly<Record<string, string>> {
  const about = Object.entries(settings.about).map(([key, value]) => [key, labelValue(value)] as const)
  return { ...Object.fromEntries(about), ...settings.labels, ...labels, 'app.kubernetes.io/managed-by': 'slipway' }
}

const control = 'slipway-control'
const made = 'slipway-made'
const harness = 'harness'

function volumes({ settings, sharedPaths, containers }: PodNeeds): readonly Json[] {
  return [
    { name: harness, emptyDir: {} },
    ...(containers.some(({ makes }) => makes === true) ? [{ name: made, emptyDir: {} }] : []),
    // In memory: what steps are told may be secret.
    { name: control, emptyDir: { medium: 'Memory' } },
    ...sharedPaths.map((_, i) => ({ name: `shared-${i}`, emptyDir: {} })),
    ...settings.volumes.map(({ name, source }) => ({ name, ...source })),
  ]
}

function mounts({ settings, sharedPaths }: PodNeeds) {
  return [
    { name: harness, mountPath: workspace },
    ...sharedPaths.map((mountPath, i) => ({ name: `shared-${i}`, mountPath })),
    ...settings.volumes.map(({ name, mountPath, readOnly }) => ({ name, mountPath, ...(readOnly && { readOnly: true }) })),
  ]
}

/** One program for all CPUs of nodes: which of them it is, the container says by its message. */
const prepare = [
  'set -e',
  'umask 0',
  'case "$(uname -m)" in x86_64|amd64) program=$1 ;; aarch64|arm64) program=$2 ;; *) echo "Slipway has no program for $(uname -m)" > /dev/termination-log; exit 3 ;; esac',
  'shift 2',
  `for name in ${helperName} "$@"; do mkdir -p ${outside}/$name; printf %s "$program" | base64 -d > ${outside}/$name/launcher; chmod 755 ${outside}/$name/launcher; mkfifo -m 666 ${outside}/$name/go; done`,
  'uname -m > /dev/termination-log',
].join('\n')

function initContainer(o: PodNeeds) {
  const programs = [launcherTexts.x64, launcherTexts.arm64].map((text) => text.replaceAll('\n', ''))
  return {
    name: initName,
    image: o.helperImage,
    ...given({ imagePullPolicy: o.settings.pullPolicy }),
    command: ['sh', '-c', prepare, 'sh', ...programs, ...o.containers.map(({ name }) => name)],
    resources: helperResources,
    securityContext: helperSecurity(o),
    volumeMounts: [{ name: control, mountPath: outside }],
  }
}

function helper(o: PodNeeds) {
  return {
    name: helperName,
    image: o.helperImage,
    ...given({ imagePullPolicy: o.settings.pullPolicy }),
    command: [`${inside}/launcher`, 'wait'],
    resources: helperResources,
    securityContext: helperSecurity(o),
    volumeMounts: [
      ...mounts(o),
      ...(o.containers.some(({ makes }) => makes === true) ? [{ name: made, mountPath: madeFolder }] : []),
      { name: control, mountPath: outside },
      { name: control, mountPath: inside, subPath: helperName },
    ],
  }
}

/** Beside a builder that is root it has to be root as well: files go through it. */
function helperSecurity({ settings: { security, runAsUser }, containers }: PodNeeds) {
  const { privileged: _, ...rest } = security
  if (containers.some(({ makes }) => makes === true))
    return { allowPrivilegeEscalation: false, ...rest, runAsUser: 0, ...(rest.runAsNonRoot === true && { runAsNonRoot: false }) }
  const user = runAsUser ?? security.runAsUser ?? (security.runAsNonRoot === true ? 1000 : 0)
  return { allowPrivilegeEscalation: false, ...rest, runAsUser: user }
}

const policies = { always: 'Always', 'if-missing': 'IfNotPresent', never: 'Never' } as const

function stepContainer(container: ContainerPlan, o: PodNeeds) {
  const limits = { ...usualLimits, ...container.limits }
  return {
    name: container.name,
    image: container.image ?? o.helperImage,
    ...(container.pull !== undefined && { imagePullPolicy: policies[container.pull] }),
    command: [`${inside}/launcher`, 'wait'],
    workingDir: workspace,
    resources: { limits, requests: { ...requestsBelow(limits), ...container.requests } },
    securityContext: securityOf(container, o.settings),
    volumeMounts: [
      ...mounts(o),
      ...(container.makes === true ? [{ name: made, mountPath: madeFolder, subPath: container.name }] : []),
      { name: control, mountPath: inside, subPath: container.name },
    ],
  }
}

/** As little as counts: nobody knows what a step will use, and all of them wait beside each other. */
function requestsBelow(limits: { readonly memory: string; readonly cpu: string }) {
  const least = (a: string, b: string): string => (amount(a) <= amount(b) ? a : b)
  return { memory: least(usualRequests.memory, limits.memory), cpu: least(usualRequests.cpu, limits.cpu) }
}

const units: Readonly<Record<string, number>> = { m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 }

function amount(text: string): number {
  const [, number = '0', unit = ''] = /^([\d.]+)(\w*)$/.exec(text) ?? []
  return Number(number) * (units[unit] ?? 1)
}

/** The step's own user goes before the stage's; root of one step is an exception from "nobody is root". */
function securityOf(container: ContainerPlan, settings: PodSettings): ContainerSecurity {
  const { runAsUser: _, ...rest } = settings.security
  const number = userOf(container, settings)
  return {
    ...rest,
    ...(number !== undefined && { runAsUser: number }),
    ...(number === 0 && rest.runAsNonRoot === true && { runAsNonRoot: false }),
    ...(container.privileged && { privileged: true }),
  }
}

/** Undefined: whom the image says. */
export function userOf({ user, usualUser }: ContainerPlan, { security, runAsUser }: PodSettings): number | undefined {
  return user ?? runAsUser ?? security.runAsUser ?? usualUser
}
