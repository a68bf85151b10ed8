/** Infrastructure docker on an engine with its usual network: each stage has a network of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DockerInfrastructure, dockerInfra } from '../../../src/adapters/infra/docker/docker-infra.ts'
import { brandAs } from '../../../src/base/brand.ts'
import type { Diagnostic } from '../../../src/base/diagnostic.ts'
import type { RunId } from '../../../src/events/run-event.ts'
import type { ProcessSpec } from '../../../src/ports/infrastructure.ts'
import { plainUse } from '../../../src/ports/registry-use.ts'
import { pull } from '../../../src/registry/pull.ts'
import { type DockerWorld, dockerNeeds, dockerWorld, smallImage, webService } from './docker-world.ts'

const { signal } = new AbortController()
const stage = {
  kind: 'stage',
  path: 's',
  identifier: 's',
  name: 's',
  when: { status: 'Success' },
  infrastructure: { on: 'docker', declared: 'Docker', os: 'Linux', arch: 'Amd64' },
  variables: {},
  steps: [webService],
} as const

describe('the network of a stage', () => {
  describe('for real', dockerNeeds, () => {
    let world: DockerWorld
    let infra: DockerInfrastructure
    let dir: string
    beforeAll(async () => {
      world = await dockerWorld({ bridge: true })
      dir = mkdtempSync(join(world.docker.shared, 'slipway-infra-'))
      infra = dockerInfra({
        dir,
        env: { ...process.env, DOCKER_HOST: world.docker.host },
        code: { place: async () => Promise.reject(new Error('no code here')) },
        self: { pid: process.pid, kill: process.kill.bind(process) },
        client: () => world.client,
        // The engine reaches no registry.
        stored: (_name, o) => pull({ registry: world.registry, repository: 'library/small', tag: '1' }, { client: world.client, signal: o.signal }),
      })
    })
    afterAll(async () => {
      await infra?.close()
      await world?.close()
    })

    async function opened() {
      const notes: Diagnostic[] = []
      const workspace = await infra.open(stage, { run: brandAs<RunId>('r'), signal, note: (note) => notes.push(note) })
      const start = (script: string, o: { readonly signal: AbortSignal } = { signal }) => workspace.start(specOf(script), o)
      const text = async (script: string): Promise<string> =>
        Buffer.concat((await Array.fromAsync((await start(script)).output)).map(({ bytes }) => bytes)).toString()
      return { workspace, notes, start, text }
    }

    it('is its own: services of two stages listen on one port, and each is found by its stage alone', async () => {
      const [one, two] = [await opened(), await opened()]
      expect(one.notes.map(({ code }) => code)).not.toContain('INFRA_DOCKER_HOST_NETWORK')
      const stop = new AbortController()
      const serve = (word: string): string => `while :; do echo ${word} | nc -l -p 80; done`
      const services = [await one.start(serve('first'), { signal: stop.signal })]
      await expect.poll(() => one.workspace.answers(80, { signal }), { timeout: 20_000 }).toBe(true)
      expect(await two.workspace.answers(80, { signal })).toBe(false)
      services.push(await two.start(serve('second'), { signal: stop.signal }))
      await expect.poll(() => two.workspace.answers(80, { signal }), { timeout: 20_000 }).toBe(true)
      expect(await one.text('sleep 1; nc web 80 < /dev/null')).toBe('first\n')
      expect(await two.text('sleep 1; nc localhost 80 < /dev/null; ip address | grep -c eth0')).toMatch(/^second\n[1-9]/)
      stop.abort()
      for (const { end } of services) expect((await end).exit.kind).toBe('killed')
      await one.workspace.close({ signal })
      await two.workspace.close({ signal })
      expect(await world.left()).toEqual([])
      rmSync(dir, { recursive: true, force: true })
    })
  })
})

function specOf(script: string): ProcessSpec {
  const start = { kind: 'script', shell: 'Sh', script } as const
  const image = { reference: smallImage, pull: 'if-missing', registry: plainUse, privileged: false } as const
  return { name: 's/x', start, env: new Map(), outputs: [], graceMs: 200, image }
}
