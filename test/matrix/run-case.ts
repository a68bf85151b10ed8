/** Runs one case of the matrix and compares what came of it with the table. */
import { join } from 'node:path'
import { expect } from 'vitest'
import { fakeEngine } from '../../src/docker-api/fake-engine.testing.ts'
import { archiveStream } from '../../src/media/write-archive.ts'
import { parseRef } from '../../src/oci/ref.ts'
import type { Fleet } from '../support/cloud/fleet.ts'
import { configText } from '../support/image-pipeline.ts'
import { madeImage } from '../support/made-image.ts'
import { type Ran, slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'
import { type Case, casePipeline, sourceOf, tags } from './case-pipeline.ts'

export type EngineName = 'embedded' | 'buildx'

const dockerfile = 'FROM scratch\nCOPY Dockerfile /made\nLABEL of=matrix\n'

export interface Surroundings {
  readonly fleet: Fleet
  readonly engine: EngineName
  /** Data folder. Cases may share it: their images have different names. */
  readonly home: string
  /** More environment, such as where a tool is. */
  readonly env?: Readonly<Record<string, string>>
}

export async function runCase(one: Case, { fleet, engine, home, env = {} }: Surroundings): Promise<void> {
  const { dir } = tempProject({ 'p.yaml': casePipeline(one), '.slipway/config.yaml': configText(fleet.connectors, fleet.hosts), Dockerfile: dockerfile })
  const docker = one.mode.docker === undefined ? undefined : await dockerEngine(one)
  const own = { HOME: dir, SLIPWAY_HOME: home, ...fleet.env, DOCKER_HOST: docker?.host ?? `unix://${join(dir, 'no.sock')}`, ...env }
  const slipway = (...argv: readonly string[]): Promise<Ran> => slipwayHere(dir, own, ...argv)
  const ran = await slipway('run', 'p.yaml', '--on', 'local', '--engine', engine, '--output', 'plain')
  expect(`${ran.out}${ran.err}`).not.toMatch(/s:cret|aws-secret-key|azure-secret|PRIVATE KEY/)
  await judge(one, ran, fleet, async () => (await slipway('images')).out)
  if (one.mode.expect.inDocker === true) expect([...(docker?.images.keys() ?? [])]).toEqual(['acme/app:1'])
}

async function judge(one: Case, ran: Ran, fleet: Fleet, images: () => Promise<string>): Promise<void> {
  const { expect: wanted } = one.mode
  const said = `${ran.out}${ran.err}`
  const errors = [...new Set([...said.matchAll(/error: .*\[([A-Z_]+)\]/g)].map(([, code]) => code))]
  expect([ran.code, errors], said).toEqual([wanted.errors === undefined ? 0 : 1, wanted.errors ?? []])
  for (const code of wanted.notes ?? []) expect(said).toContain(`[${code}]`)
  const digest = /\[s\/tested\] built (sha256:\w+)/.exec(said)?.[1] ?? /\[[bs]\/before\] built (sha256:\w+)/.exec(said)?.[1] ?? (await inDocker()).digest
  const refs = tags.map((tag) => `${one.row.repository(one.image)}:${tag}`)
  expect(await Promise.all(refs.map((ref) => fleet.digestAt(ref)))).toEqual(refs.map(() => (wanted.pushed ? digest : undefined)))
  const wrote = [...said.matchAll(/\[s\/tested\] wrote (\S+) /g)].map(([, path]) => path).toSorted()
  expect(wrote).toEqual(wanted.wrote ?? [])
  if (wanted.stored === true) for (const ref of refs) expect(await images()).toContain(ref)
}

/** What the engine has before the run. */
async function inDocker() {
  const image = await madeImage([{ files: { made: 'by docker' } }])
  return { image, digest: await image.digest() }
}

async function dockerEngine(one: Case): Promise<Awaited<ReturnType<typeof fakeEngine>>> {
  const engine = await fakeEngine()
  if (one.mode.docker === 'empty') return engine
  const name = sourceOf(one)
  const parsed = parseRef(name)
  const { image } = await inDocker()
  const stream = await archiveStream([{ view: image, refs: parsed.ok ? [parsed.value] : [] }], { signal: new AbortController().signal })
  engine.images.set(name, Buffer.concat(await stream.toArray()))
  return engine
}
