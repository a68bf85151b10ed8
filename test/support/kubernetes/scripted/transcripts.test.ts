/** The conversations that were held with a real cluster, held with the scripted one: it must not say anything that the real one does not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { kubeconfig } from '../cluster-script.ts'
import { madeUp } from '../recorded/compare.ts'
import { conversationNames, converse, type Side } from '../recorded/conversations.ts'
import { type Recorder, recorder } from '../recorded/recorder.ts'
import { type Exchange, readTranscript } from '../recorded/transcript.ts'
import { type ScriptedCluster, scriptedCluster } from './scripted-cluster.ts'

const real = conversationNames.flatMap((name) => readTranscript(name).exchanges)
const all: Exchange[] = []
let dir: string
let cluster: ScriptedCluster
let proxy: Recorder

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'slipway-transcripts-'))
})
beforeEach(async () => {
  cluster = await scriptedCluster()
  proxy = await recorder(cluster.access.server)
})
afterEach(async () => {
  await proxy[Symbol.asyncDispose]()
  await cluster[Symbol.asyncDispose]()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

function side(): Side {
  writeFileSync(join(dir, 'kubeconfig'), kubeconfig(proxy.server, 'token'))
  const there = { ...cluster.access, server: proxy.server }
  return {
    access: there,
    kubeconfig: join(dir, 'kubeconfig'),
    stranger: { ...there, headers: async () => ({ authorization: 'Bearer stranger' }) },
    dir: join(dir, 'stages'),
    step: (manner) => ({ kind: 'program', argv: ['behave', JSON.stringify(manner)] }),
    pace: 0.1,
    missing: '127.0.0.1:5000/missing:1',
    async quota(on) {
      cluster.faults.quota = on
    },
    deletePod: async (name) => cluster.deletePod(name),
    async away(ms) {
      await cluster.goAway()
      setTimeout(() => void cluster.comeBack(), ms)
    },
    evict: async () => cluster.evict([...cluster.pods.keys()][0] ?? '', 'Usage of EmptyDir volume "harness" exceeds the limit "1Mi". '),
  }
}

describe('the scripted cluster', () => {
  it.each(conversationNames)('says nothing but what a real one says: %s', async (name) => {
    await converse(name, side())
    const told = proxy.take()
    all.push(...told)
    expect(madeUp(told, real)).toEqual([])
  })

  it('says all that a real one says, but for what only slow nodes say', () => {
    // Real nodes try again and again, and take their time to end, as schedulers do to begin; pictures in between are not the same twice.
    const slow = /ImagePullBackOff|running, waiting PodInitializing|terminated Error 143, waiting PodInitializing|ending, 0 conditions/
    expect(madeUp(real, all).filter((line) => line.endsWith('was never said') && !slow.test(line))).toEqual([])
  })
})
