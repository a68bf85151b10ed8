/** Runs one case of the matrix and compares what came of it with the table. */
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Image } from '../../src/oci/views.ts'
import type { Fleet } from '../support/cloud/fleet.ts'
import { configText } from '../support/image-pipeline.ts'
import { madeImage } from '../support/made-image.ts'
import { type Ran, slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'
import { type Case, casePipeline, sourceOf, tags } from './case-pipeline.ts'
import type { DockerAside } from './docker-aside.ts'
import type { Outcome } from './modes.ts'

export type EngineName = 'embedded' | 'buildx'

const dockerfile = 'FROM scratch\nCOPY Dockerfile /made\nLABEL of=matrix\n'

export interface Surroundings {
  readonly fleet: Fleet
  readonly engine: EngineName
  /** Data folder. Cases may share it: their images have different names. */
  readonly home: string
  /** More environment, such as where a tool is. */
  readonly env?: Readonly<Record<string, string>>
  /** The Docker Engine of cases that have one; of all cases, where it builds. */
  readonly docker: () => Promise<DockerAside>
}

export async function runCase(one: Case, { fleet, engine, home, env = {}, docker }: Surroundings): Promise<void> {
  const { dir } = tempProject({ 'p.yaml': casePipeline(one), '.slipway/config.yaml': configText(fleet.connectors, fleet.hosts), Dockerfile: dockerfile })
  const other = engine === 'buildx' && (one.mode.buildx?.at ?? one.level) === one.level ? one.mode.buildx : undefined
  const wanted = (other ?? one.mode).expect
  const aside = one.mode.docker !== undefined || engine === 'buildx' ? await docker() : undefined
  const inDocker = await madeImage([{ files: { made: 'by docker' } }])
  if (one.mode.docker === 'has SOURCE') await aside?.give(inDocker, sourceOf(one))
  const own = { HOME: dir, SLIPWAY_HOME: home, ...fleet.env, DOCKER_HOST: aside?.host ?? `unix://${join(dir, 'no.sock')}`, ...env }
  const slipway = (...argv: readonly string[]): Promise<Ran> => slipwayHere(dir, own, ...argv)
  const ran = await slipway('run', 'p.yaml', '--on', 'local', '--engine', engine, '--output', 'plain')
  expect(`${ran.out}${ran.err}`).not.toMatch(/s:cret|aws-secret-key|azure-secret|PRIVATE KEY/)
  await judge(one, wanted, ran, { fleet, inDocker, images: async () => (await slipway('images')).out })
  if (wanted.inDocker === true) for (const ref of refsOf(one)) expect(await aside?.holds(ref)).toBe(true)
}

function refsOf({ row, image }: Case): readonly string[] {
  return tags.map((tag) => `${row.repository(image)}:${tag}`)
}

interface Judging {
  readonly fleet: Fleet
  readonly inDocker: Image
  readonly images: () => Promise<string>
}

async function judge(one: Case, wanted: Outcome, ran: Ran, { fleet, inDocker, images }: Judging): Promise<void> {
  const said = `${ran.out}${ran.err}`
  const errors = [...new Set([...said.matchAll(/error: .*\[([A-Z_]+)\]/g)].map(([, code]) => code))]
  expect([ran.code, errors], said).toEqual([wanted.errors === undefined ? 0 : 1, wanted.errors ?? []])
  for (const code of wanted.notes ?? []) expect(said).toContain(`[${code}]`)
  const digest = /\[s\/tested\] built (sha256:\w+)/.exec(said)?.[1] ?? /\[[bs]\/before\] built (sha256:\w+)/.exec(said)?.[1] ?? (await inDocker.digest())
  const refs = refsOf(one)
  expect(await Promise.all(refs.map((ref) => fleet.digestAt(ref)))).toEqual(refs.map(() => (wanted.pushed ? digest : undefined)))
  const wrote = [...said.matchAll(/\[s\/tested\] wrote (\S+) /g)].map(([, path]) => path).toSorted()
  expect(wrote).toEqual(wanted.wrote ?? [])
  if (wanted.stored === true) for (const ref of refs) expect(await images()).toContain(ref)
}
