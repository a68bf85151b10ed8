import { describe, expect, it } from 'vitest'
import { planned } from '../../../../test/support/kubernetes/recorded/conversations.ts'
import { type ScriptedCluster, scriptedCluster } from '../../../../test/support/kubernetes/scripted/scripted-cluster.ts'
import { type ScriptedStage, scriptedStage } from '../../../../test/support/kubernetes/scripted/scripted-stage.ts'
import type { RegistryClient } from '../../../registry/client.ts'

const { signal } = new AbortController()
const auth = { credentialsFor: async () => ({ kind: 'basic', username: 'ann', password: 'hidden' }) }
const client = () => ({ hosts: [], auth }) as unknown as RegistryClient
const stage = planned('registry.example/acme/app:1', { connector: 'hub' })

const scripted = (cluster: ScriptedCluster): ScriptedStage => scriptedStage(cluster, { client })

interface Secret {
  readonly metadata: { readonly name: string; readonly ownerReferences?: readonly unknown[]; readonly labels: Readonly<Record<string, string>> }
  readonly type: string
  readonly data: Readonly<Record<string, string>>
}

describe('the secret with the logins of a stage', () => {
  it('is there before the pod, belongs to it, and goes with it', async () => {
    await using cluster = await scriptedCluster()
    await using running = scripted(cluster)
    const workspace = await running.open(stage)
    const [pod] = [...cluster.pods.values()]
    const [secret] = [...cluster.secrets.values()] as Secret[]
    const name = pod?.manifest.metadata.name
    expect(secret).toMatchObject({
      type: 'kubernetes.io/dockerconfigjson',
      metadata: { name, labels: pod?.manifest.metadata.labels, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid: `uid-${name}` }] },
    })
    expect(JSON.parse(Buffer.from(secret?.data['.dockerconfigjson'] ?? '', 'base64').toString())).toEqual({
      auths: { 'registry.example': { auth: Buffer.from('ann:hidden').toString('base64') } },
    })
    expect(pod?.manifest.spec).toMatchObject({ imagePullSecrets: [{ name }] })
    expect(JSON.stringify(pod?.manifest)).not.toContain(Buffer.from('ann:hidden').toString('base64'))
    await workspace.close({ signal })
    expect([cluster.pods.size, cluster.secrets.size]).toEqual([0, 0])
  })

  it('does not stay where no pod can be made', async () => {
    await using cluster = await scriptedCluster()
    await using running = scripted(cluster)
    cluster.faults.quota = true
    await expect(running.open(stage)).rejects.toMatchObject({ code: 'K8S_REFUSED' })
    expect([cluster.requests.get('POST secrets'), cluster.secrets.size]).toEqual([1, 0])
  })

  it('that may not be made ends the stage with the name of the right, and makes no pod', async () => {
    await using cluster = await scriptedCluster()
    await using running = scripted(cluster)
    cluster.faults.forbidden = 'POST secrets'
    await expect(running.open(stage)).rejects.toMatchObject({ code: 'K8S_FORBIDDEN', message: expect.stringContaining('create secrets') })
    expect(cluster.requests.get('POST pods')).toBe(undefined)
  })
})
