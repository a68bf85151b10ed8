/** `slipway db`: the advisories that the embedded scanner compares with. */
import { resolve } from 'node:path'
import { plural } from '../../base/human.ts'
import type { AdvisoryFacts } from '../../ports/advisories.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import type { World } from '../world.ts'

export interface DbOptions {
  /** Another file than that of the data folder. */
  readonly db?: string
  readonly json?: boolean
}

export async function importDatabase(sources: readonly string[], o: DbOptions, world: World): Promise<ExitCode> {
  const advisories = await world.tools.advisories(databaseOf(o, world))
  const { signal, cwd, stderr } = world
  const nowMs = world.clock.now()
  const shown = stderr.columns !== undefined
  const progress = (records: number): void => void stderr.write(`\r${plural(records, 'advisory', 'advisories')} read`)
  const facts = await advisories.import(
    sources.map((source) => resolve(cwd, source)),
    { signal, nowMs, ...(shown && { progress }) },
  )
  if (shown) await stderr.write('\r\u001b[K')
  await tell(facts, o, world)
  return exitCodes.done
}

export async function listDatabase(o: DbOptions, world: World): Promise<ExitCode> {
  await tell((await world.tools.advisories(databaseOf(o, world))).facts(), o, world)
  return exitCodes.done
}

function databaseOf({ db }: DbOptions, { home, cwd }: World): { readonly home: string; readonly path?: string } {
  return { home, ...(db !== undefined && { path: resolve(cwd, db) }) }
}

async function tell(facts: AdvisoryFacts, o: DbOptions, world: World): Promise<void> {
  if (o.json === true) {
    const sources = facts.sources.map(({ name, records, newestMs }) => ({ name, records, newest: new Date(newestMs).toISOString() }))
    await world.stdout.write(`${JSON.stringify({ ...facts, imported: new Date(facts.importedMs).toISOString(), importedMs: undefined, sources }, null, 2)}\n`)
    return
  }
  await world.stdout.write(`${lines(facts).join('\n')}\n`)
}

const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

function lines({ path, importedMs, advisories, sources, ecosystems, passedOver }: AdvisoryFacts): readonly string[] {
  const others = Object.entries(passedOver).map(([name, count]) => `${name} (${count})`)
  return [
    `${path}: ${plural(advisories, 'advisory', 'advisories')}, imported ${date(importedMs)}`,
    ...sources.map(({ name, records, newestMs }) => `  from ${name}: ${records}${records === 0 ? '' : `, the newest of ${date(newestMs)}`}`),
    ...Object.entries(ecosystems).map(([name, count]) => `  ${name.padEnd(24)} ${String(count).padStart(8)}`),
    ...(others.length === 0 ? [] : [`  not judged, left out: ${others.join(', ')}`]),
  ]
}
