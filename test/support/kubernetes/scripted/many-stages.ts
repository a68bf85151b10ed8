/** So many stages at once against a scripted cluster in another process: what they ask for, and the memory that they need. Prints JSON. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { kubernetesInfra } from '../../../../src/adapters/infra/kubernetes/kubernetes-infra.ts'
import { brandAs } from '../../../../src/base/brand.ts'
import type { RunId } from '../../../../src/events/run-event.ts'
import { calmHeap, calmMemory } from '../../../../src/main/calm-memory.ts'
import { systemClock } from '../../../../src/main/system-clock.ts'
import { plainUse } from '../../../../src/ports/registry-use.ts'
import type { RegistryClient } from '../../../../src/registry/client.ts'

calmMemory()
const [server = '', count = '10'] = process.argv.slice(2)
const stages = Number(count)
const { signal } = new AbortController()
const dir = mkdtempSync(join(tmpdir(), 'slipway-many-'))
const asked = new Map<string, number>()
const infra = kubernetesInfra({
  dir,
  env: {},
  clock: systemClock,
  code: { place: async () => ({ folder: '/harness' }) },
  client: () => ({ hosts: [], auth: { credentialsFor: async () => undefined } }) as unknown as RegistryClient,
  connectors: new Map(),
  read: async () => '',
  access: { name: 'scripted', server, namespace: 'default', tls: {}, headers: async () => ({}) },
  spareContainers: 1,
  onFirstUse: calmHeap,
  onRequest: ({ verb, resource }) => void asked.set(`${verb} ${resource}`, (asked.get(`${verb} ${resource}`) ?? 0) + 1),
})
let peak = 0
const measuring = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss())
}, 20)

async function one(n: number): Promise<void> {
  const path = `stage-${n}`
  const infrastructure = { on: 'kubernetes', declared: 'none', os: 'Linux', arch: 'Amd64' } as const
  const stage = { kind: 'stage', path, identifier: path, name: path, when: { status: 'Success' }, infrastructure, variables: {}, steps: [] } as const
  const workspace = await infra.open(stage, { run: brandAs<RunId>('run'), signal, note: () => undefined })
  const image = { reference: 'busybox:1.37', pull: 'if-missing', registry: plainUse, privileged: false } as const
  const manner = JSON.stringify({ output: `hello ${n}`, sleepMs: 1000 })
  const step = await workspace.start(
    { name: `${path}/one`, start: { kind: 'program', argv: ['behave', manner] }, env: new Map(), outputs: [], image, graceMs: 200 },
    { signal },
  )
  const text = Buffer.concat((await Array.fromAsync(step.output)).map(({ bytes }) => bytes)).toString()
  if (text !== `hello ${n}\n`) throw new Error(`stage ${n} said "${text}"`)
  const { exit } = await step.end
  if (exit.kind !== 'exited' || exit.code !== 0) throw new Error(`stage ${n} ended with ${JSON.stringify(exit)}`)
  await workspace.close({ signal })
}

await Promise.all(Array.from({ length: stages }, (_, n) => one(n)))
clearInterval(measuring)
await infra.close()
rmSync(dir, { recursive: true, force: true })
await wait(0)
const total = [...asked.values()].reduce((sum, n) => sum + n, 0)
process.stdout.write(
  `${JSON.stringify({ stages, peakMegabytes: Math.round(peak / 1e6), requestsPerPod: Number((total / stages).toFixed(2)), asked: Object.fromEntries(asked) })}\n`,
)
