import { describe, expect, it } from 'vitest'
import { scriptedCluster } from '../../test/support/kubernetes/scripted/scripted-cluster.ts'
import { systemClock } from '../main/system-clock.ts'
import { openCluster } from './connection.ts'
import { namespaceOf } from './pods.ts'
import { watchPods } from './watch-pods.ts'

const { signal } = new AbortController()
const manifest = { metadata: { name: 'one', labels: { app: 'x' } }, spec: { containers: [{ name: 'a', image: 'busybox:1.37' }] } }

describe('a watch of pods', () => {
  it('that has become silent is given up, and begun anew with what became of them meanwhile', async () => {
    await using server = await scriptedCluster()
    const cluster = openCluster(server.access, { clock: systemClock })
    const watch = watchPods(cluster, { namespace: 'default', selector: 'app=x', seconds: 60, silentSeconds: 0.3 })
    const absent = await watch.until('one', (pod) => (pod === undefined ? true : undefined), { signal })
    while ((server.requests.get('GET pods') ?? 0) < 2) await systemClock.sleep(5, { signal })
    await systemClock.sleep(50, { signal })
    server.faults.silent = true
    const pods = namespaceOf(cluster, 'default')
    await pods.createPod(manifest, { signal })
    // Nobody tells of it, until somebody asks anew.
    const phase = await watch.until('one', (pod) => (pod?.phase === 'Running' ? pod.phase : undefined), { signal })
    expect([absent, phase]).toEqual([true, 'Running'])
    expect(server.requests.get('GET pods')).toBeGreaterThanOrEqual(3)
    watch.close()
    await pods.deletePod('one', 0, { signal })
    await cluster.close()
  })

  it('does not bring a pod back of which something is told after its end', async () => {
    await using server = await scriptedCluster()
    server.faults.reordered = true
    const cluster = openCluster(server.access, { clock: systemClock })
    const watch = watchPods(cluster, { namespace: 'default', selector: 'app=x' })
    const pods = namespaceOf(cluster, 'default')
    await pods.createPod(manifest, { signal })
    await watch.until('one', (pod) => (pod?.phase === 'Running' ? true : undefined), { signal })
    await pods.deletePod('one', 0, { signal })
    await watch.until('one', (pod) => (pod === undefined ? true : undefined), { signal })
    await systemClock.sleep(50, { signal })
    expect(await watch.until('one', (pod) => pod?.phase ?? 'gone', { signal })).toBe('gone')
    watch.close()
    await cluster.close()
  })
})
