/** The database of the embedded scanner as commands see it. */
import type { Advisories, AdvisoryFacts } from '../../../ports/advisories.ts'
import type { DatabaseHead } from './database-format.ts'
import { importAdvisories } from './import-advisories.ts'
import { openDatabase } from './open-database.ts'

export function advisoryStore(path: string): Advisories {
  return {
    facts() {
      const { head, close } = openDatabase(path)
      close()
      return factsOf(path, head)
    },
    import: async (sources, o) => factsOf(path, await importAdvisories({ ...o, sources, database: path })),
  }
}

function factsOf(path: string, { importedMs, advisories, sources, ecosystems, passedOver }: DatabaseHead): AdvisoryFacts {
  return { path, importedMs, advisories, sources, ecosystems, passedOver }
}
