/** The conversations that are kept, held anew with a real cluster: with `--record` they are written down, else they have to be the same. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCluster } from '../../src/kubernetes-api/find-cluster.ts'
import { type RealRegistry, startRegistry } from '../real/registry/start-registry.ts'
import { adminToken, kubeconfig, strangersToken } from '../support/kubernetes/cluster-script.ts'
import { madeUp } from '../support/kubernetes/recorded/compare.ts'
import { conversationNames, converse, type Side, type StepManner } from '../support/kubernetes/recorded/conversations.ts'
import { type Recorder, recorder } from '../support/kubernetes/recorded/recorder.ts'
import { readTranscript, writeTranscript } from '../support/kubernetes/recorded/transcript.ts'
import { real } from '../support/real.ts'
import { needs } from '../support/skip.ts'
import { clusterNeeds, type KubernetesWorld, kubernetesWorld } from './world.ts'

const registry = real('docker-registry', { apt: 'docker-registry' })
const own = needs(process.env['KUBECONFIG'] === undefined, 'the API server of a cluster that is not ours is not restarted, and nobody is a stranger to it')

const recording = process.env['SLIPWAY_RECORD'] === '1'
const kept = recording ? [] : conversationNames.flatMap((name) => readTranscript(name).exchanges)

describe('what is said to a cluster', { ...clusterNeeds, ...own }, () => {
  let world: KubernetesWorld
  let proxy: Recorder
  let images: RealRegistry
  let side: Side
  let version = ''
  const api = async (method: string, path: string, body?: unknown): Promise<unknown> => (await world.own?.kubectl(method, path, body)) ?? {}

  beforeAll(async () => {
    world = await kubernetesWorld()
    images = await startRegistry(registry.path)
    const access = await findCluster('', { kind: 'usual' }, { KUBECONFIG: world.kubeconfig })
    proxy = await recorder(access.server)
    version = ((await api('GET', '/version')) as { gitVersion: string }).gitVersion
    const there = { ...access, name: 'test', server: proxy.server, tls: {} }
    const quotas = '/api/v1/namespaces/default/resourcequotas'
    writeFileSync(join(world.dir, 'kubeconfig-of-recorder'), kubeconfig(proxy.server, adminToken))
    side = {
      access: there,
      kubeconfig: join(world.dir, 'kubeconfig-of-recorder'),
      stranger: { ...there, headers: async () => ({ authorization: `Bearer ${strangersToken}` }) },
      dir: `${world.dir}/conversations`,
      step: (manner) => ({ kind: 'script', shell: 'Sh', script: scriptOf(manner) }),
      pace: 1,
      missing: `${images.host}/nothing:1`,
      async quota(on) {
        if (!on) return void (await api('DELETE', `${quotas}/small`))
        await api('POST', quotas, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'small' }, spec: { hard: { pods: '0' } } })
        while (((await api('GET', `${quotas}/small`)) as { status?: { hard?: unknown } }).status?.hard === undefined) await wait(100)
      },
      deletePod: async (name) => void (await api('DELETE', `/api/v1/namespaces/default/pods/${name}`)),
      away: async (ms) => world.own?.restartApi(ms / 1000),
    }
  })
  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]()
    await images?.stop()
    await world?.close()
  })

  it.each(conversationNames)('is as it was: %s', async (name) => {
    proxy.take()
    await converse(name, side)
    const exchanges = proxy.take()
    if (recording) return writeTranscript({ name, server: version, exchanges })
    // Which pictures of a pod are told is another thing each time; what is in them is not.
    const news = madeUp(exchanges, kept).filter((line) => !/^a pod .* was never said$/.test(line))
    expect(news).toEqual([])
  })
})

function scriptOf({ output, exit = 0, sleepMs = 0, outputs = {}, oom, lines, fills }: StepManner): string {
  const set = Object.entries(outputs).map(([name, value]) => `${name}='${value}'`)
  const each = (sleepMs / (lines ?? 1) / 1000).toFixed(2)
  const slowly = lines === undefined ? `sleep ${sleepMs / 1000}` : `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo "line $i"; sleep ${each}; done`
  if (fills === true) return `head -c 5000000 /dev/zero > filled; sleep ${sleepMs / 1000}`
  return [...(output === undefined ? [] : [`echo '${output}'`]), ...set, ...(oom === true ? ['tail -c 100000000 /dev/zero'] : []), slowly, `exit ${exit}`].join(
    '\n',
  )
}
