/** Volumes of the engine, by labels. */
import type { EngineConnection } from './connection.ts'
import { parseVolumes } from './container-schema.ts'
import { filtersOf, type Labels } from './labels.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface Labelled {
  readonly id: string
  readonly labels: Labels
}

export interface Volumes {
  create(name: string, labels: Labels, o: Waiting): Promise<void>
  /** One that is not there has been removed. */
  remove(name: string, o: Waiting): Promise<void>
  /** Those that have this label with this value. */
  list(label: string, value: string, o: Waiting): Promise<readonly Labelled[]>
}

export function volumesOf(connection: EngineConnection): Volumes {
  return {
    async create(name, labels, o) {
      const body = JSON.stringify({ Name: name, Labels: labels })
      const answer = await connection.ask({ method: 'POST', path: '/volumes/create', what: 'a volume', accept: [200, 201], body }, o)
      await answer.discard()
    },
    async remove(name, o) {
      const answer = await connection.ask({ method: 'DELETE', path: `/volumes/${name}`, what: `the end of volume ${name}`, accept: [204, 404] }, o)
      await answer.discard()
    },
    list: async (label, value, o) => parseVolumes(await connection.json(`/volumes?${filtersOf(label, value)}`, 'its volumes', o), connection.name),
  }
}
