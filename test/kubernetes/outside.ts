/** How this machine starts runs in a test cluster: which image, by whose rights, and how the pod finds what is on the loopback of this machine. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parse } from 'yaml'
import { root } from '../../tools/support/root.ts'
import type { RunnerImage } from './runner-image.ts'
import type { KubernetesWorld } from './world.ts'

export interface Outside {
  readonly env: Readonly<Record<string, string>>
  readonly options: readonly string[]
  pods(): Promise<readonly string[]>
  /** Until a container runs. */
  someRunning(): Promise<void>
}

const namespace = '/api/v1/namespaces/default'

/** `security`: of the container of the runner, in place of what it usually has. */
export function outside(world: KubernetesWorld, image: RunnerImage, security?: object): Outside {
  const { clusters } = JSON.parse(readFileSync(world.kubeconfig, 'utf8')) as { readonly clusters: readonly { readonly cluster: { readonly server: string } }[] }
  const server = new URL(clusters[0]?.cluster.server ?? '')
  const overlay = join(world.dir, `overlay-${security === undefined ? 'usual' : 'own'}.yaml`)
  // Services have no addresses here, and the API server is on the loopback of the machine, as the registries are.
  const env = [
    { name: 'KUBERNETES_SERVICE_HOST', value: server.hostname },
    { name: 'KUBERNETES_SERVICE_PORT', value: server.port },
  ]
  writeFileSync(
    overlay,
    JSON.stringify({ hostNetwork: true, containers: [{ name: 'slipway', env, ...(security !== undefined && { securityContext: security }) }] }),
  )
  return {
    env: { KUBECONFIG: world.kubeconfig, SLIPWAY_KUBERNETES_RUNNER_IMAGE: image.reference, SLIPWAY_KUBERNETES_IMAGE: 'slipway.test/helper:1' },
    options: ['--pod-overlay', overlay],
    async someRunning() {
      for (;;) {
        const text = JSON.stringify(await world.own?.kubectl('GET', `${namespace}/pods`))
        if (text.includes('"phase":"Running"')) return
        await wait(200)
      }
    },
    pods: async () => {
      const list = (await world.own?.kubectl('GET', `${namespace}/pods`)) as { readonly items: readonly { readonly metadata: { readonly name: string } }[] }
      return list.items.map(({ metadata }) => metadata.name)
    },
  }
}

/** The role of docs/kubernetes.md, for the account that pods have when nothing is said. */
export async function allowRunner(world: KubernetesWorld): Promise<void> {
  const [, text = ''] = /<!-- rights -->\n```yaml\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/kubernetes.md'), 'utf8')) ?? []
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
  await world.own?.kubectl('POST', `${rbac}/roles`, parse(text))
  await world.own?.kubectl('POST', `${rbac}/rolebindings`, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'slipway' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'slipway' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
  })
}

/** On a folder of this machine. */
export async function claim(world: KubernetesWorld, name: string): Promise<void> {
  const common = { accessModes: ['ReadWriteOnce'], storageClassName: 'of-the-test' }
  const path = join(world.dir, `volume-${name}`)
  mkdirSync(path)
  await world.own?.kubectl('POST', '/api/v1/persistentvolumes', {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: { ...common, capacity: { storage: '5Gi' }, hostPath: { path } },
  })
  await world.own?.kubectl('POST', `${namespace}/persistentvolumeclaims`, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { ...common, resources: { requests: { storage: '1Gi' } } },
  })
}
