/** A real cluster for a file of tests, an infrastructure on it, and steps in the small image that its nodes have. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { placeCode } from '../../src/adapters/codebase/place-code.ts'
import { type KubernetesInfrastructure, type KubernetesOptions, kubernetesInfra } from '../../src/adapters/infra/kubernetes/kubernetes-infra.ts'
import { systemClock } from '../../src/main/system-clock.ts'
import type { StagePlan } from '../../src/plan/plan.ts'
import type { ProcessSpec, RunningStep, StepImage } from '../../src/ports/infrastructure.ts'
import { plainUse } from '../../src/ports/registry-use.ts'
import type { RegistryClient } from '../../src/registry/client.ts'
import { clusterPrograms } from '../support/kubernetes/cluster-programs.ts'
import { startCluster, type TestCluster } from '../support/kubernetes/start-cluster.ts'
import { real } from '../support/real.ts'
import { needs } from '../support/skip.ts'

const given = process.env['KUBECONFIG']
const busybox = real('busybox', { apt: 'busybox-static' })
const programs = given === undefined ? clusterPrograms() : { folder: '' }

export const clusterNeeds = needs(programs.missing === undefined && busybox.missing === undefined, programs.missing ?? busybox.missing ?? '')

export interface KubernetesWorld {
  readonly kubeconfig: string
  /** Undefined: the cluster is not ours. */
  readonly own: TestCluster | undefined
  readonly dir: string
  infra(o?: Partial<KubernetesOptions>): KubernetesInfrastructure
  close(): Promise<void>
}

const client = { hosts: [], auth: { credentialsFor: async () => undefined } } as unknown as RegistryClient

export async function kubernetesWorld(): Promise<KubernetesWorld> {
  const own = given === undefined ? await startCluster(programs.folder ?? '', busybox.path) : undefined
  const kubeconfig = own?.kubeconfig ?? given ?? ''
  const dir = mkdtempSync(join(tmpdir(), 'slipway-pods-'))
  const infras: KubernetesInfrastructure[] = []
  return {
    kubeconfig,
    own,
    dir,
    infra(o = {}) {
      const code = placeCode({
        env: process.env,
        kill: process.kill.bind(process),
        clock: systemClock,
        home: dir,
        connectors: new Map(),
        onSecret: () => undefined,
        read: async () => '',
      })
      const made = kubernetesInfra({
        dir: join(dir, 'kubernetes-stages'),
        env: { KUBECONFIG: kubeconfig },
        clock: systemClock,
        code,
        client: () => client,
        connectors: new Map(),
        read: async () => '',
        spareContainers: 3,
        ...o,
      })
      infras.push(made)
      return made
    },
    async close() {
      for (const infra of infras) await infra.close()
      await own?.[Symbol.asyncDispose]()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export const smallImage: StepImage = { reference: 'busybox:1.37', pull: 'if-missing', registry: plainUse, privileged: false }

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

export function script(name: string, text: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    name: `launch/${name}`,
    start: { kind: 'script', shell: 'Sh', script: text },
    env: new Map(),
    outputs: [],
    image: smallImage,
    graceMs: 2000,
    ...more,
  }
}

export async function said(running: RunningStep): Promise<string> {
  return Buffer.concat((await Array.fromAsync(running.output)).map(({ bytes }) => bytes)).toString()
}
