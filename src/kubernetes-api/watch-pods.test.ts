import { describe, expect, it } from 'vitest'
import { fasterClock } from '../../test/support/faster-clock.ts'
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

  it('waits for a server that is away for minutes, tells who waits after ten of them, and is there again with the server', async () => {
    await using server = await scriptedCluster()
    const clock = fasterClock(300)
    const minutes = (many: number): Promise<void> => clock.sleep(many * 60_000, { signal })
    const cluster = openCluster(server.access, { clock })
    const watch = watchPods(cluster, { namespace: 'default', selector: 'app=x' })
    const pods = namespaceOf(cluster, 'default')
    await pods.createPod(manifest, { signal })
    const never = watch.until<never>('one', () => undefined, { signal })
    const told = expect(never).rejects.toMatchObject({ code: 'K8S_UNREACHABLE' })
    const running = (name: string): Promise<true> => watch.until(name, (pod) => (pod?.phase === 'Running' ? true : undefined), { signal })
    await running('one')
    await server.goAway()
    await minutes(5)
    await server.comeBack()
    await minutes(1)
    await server.goAway()
    const began = clock.now()
    await told
    expect((clock.now() - began) / 60_000).toBeGreaterThan(9)
    const again = running('two')
    await server.comeBack()
    await pods.createPod({ ...manifest, metadata: { ...manifest.metadata, name: 'two' } }, { signal })
    await again
    watch.close()
    for (const name of ['one', 'two']) await pods.deletePod(name, 0, { signal })
    await cluster.close()
  }, 30_000)
})
