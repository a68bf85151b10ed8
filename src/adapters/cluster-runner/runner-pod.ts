/** The pod of a runner: one container of Slipway's own image, root of itself and of nothing else. Pure. */
import type { Json } from '../../base/json.ts'
import { problem } from '../../base/problem.ts'
import type { RunnerWanted } from '../../ports/cluster-runner.ts'
import { overlaid, parseOverlay } from '../infra/kubernetes/manifest/overlay.ts'
import { data, room, runnerCommand } from './places.ts'

export const container = 'slipway'

/** Rung 6 needs the rest of what containers have: CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, SETFCAP, SETGID, SETUID, SYS_CHROOT. */
const notNeeded = ['NET_RAW', 'NET_BIND_SERVICE', 'AUDIT_WRITE', 'SETPCAP']

/** A run that is asked to end takes its own pods away first. */
const graceSeconds = 60

export interface RunnerPod {
  readonly wanted: RunnerWanted
  readonly name: string
  readonly namespace: string
  /** As nodes are told it. */
  readonly image: string
  readonly pullSecret?: string
  readonly labels: Readonly<Record<string, string>>
}

export function runnerPod({ wanted, name, namespace, image, pullSecret, labels }: RunnerPod) {
  const { cpu, memory, claim, serviceAccount, nodeSelector, tolerations, overlay = '' } = wanted
  const amounts = { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) }
  const spec = {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: graceSeconds,
    ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(tolerations.length > 0 && { tolerations: tolerations.map(toleration) }),
    ...(pullSecret !== undefined && { imagePullSecrets: [{ name: pullSecret }] }),
    containers: [
      {
        name: container,
        image,
        args: [runnerCommand],
        workingDir: room,
        env: [{ name: 'SLIPWAY_HOME', value: data }],
        ...(Object.keys(amounts).length > 0 && { resources: { limits: amounts, requests: amounts } }),
        securityContext: {
          seccompProfile: { type: 'RuntimeDefault' },
          privileged: false,
          allowPrivilegeEscalation: false,
          runAsUser: 0,
          capabilities: { drop: notNeeded },
        },
        volumeMounts: [
          { name: 'room', mountPath: room },
          { name: 'data', mountPath: data },
        ],
      },
    ],
    volumes: [
      { name: 'room', emptyDir: {} },
      { name: 'data', ...(claim === undefined ? { emptyDir: {} } : { persistentVolumeClaim: { claimName: claim } }) },
    ],
  }
  const parsed = parseOverlay(overlay)
  if ('reason' in parsed) throw problem('K8S_OVERLAY_INVALID', { reason: parsed.reason })
  return {
    apiVersion: 'v1' as const,
    kind: 'Pod' as const,
    metadata: { name, namespace, labels },
    spec: overlaid(spec as unknown as Json, parsed.overlay) as unknown as typeof spec,
  }
}

/** `gpu`, `gpu=yes`, `gpu=yes:NoSchedule`. */
function toleration(text: string) {
  const [rest = '', effect] = text.split(':')
  const [key = '', value] = rest.split('=')
  return {
    key,
    ...(value === undefined ? { operator: 'Exists' } : { operator: 'Equal', value }),
    ...(effect !== undefined && { effect }),
  }
}
