/** The connectors of a configuration: written in it, or as files in the folders it names. */
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { Config } from '../pipeline/config.ts'
import { type Connector, connectorDocument } from '../pipeline/connector.ts'
import { type SourceFile, sourceFile } from '../text/source-file.ts'
import { parseYaml } from '../yaml/parse.ts'

export interface LoadedConnectors {
  readonly connectors: ReadonlyMap<string, Connector>
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: readonly SourceFile[]
}

/**
 * Folders are relative to the folder that holds `.slipway`. The first connector of a name wins: the nearer configuration comes first.
 * Another of that name in another scope is kept with the scope in front: `account.hub`, `org.hub`.
 */
export async function loadConnectors(given: NonNullable<Config['connectors']>, configFile: string): Promise<LoadedConnectors> {
  const connectors = new Map<string, Connector>()
  const diagnostics: Diagnostic[] = []
  const sources: SourceFile[] = []
  const add = (connector: Connector): void => {
    const { identifier } = connector
    const first = connectors.get(identifier)
    const key = first === undefined || scopeOf(first) === scopeOf(connector) ? identifier : `${scopeOf(connector)}${identifier}`
    if (!connectors.has(key)) connectors.set(key, connector)
  }
  for (const entry of given) {
    if (typeof entry !== 'string') add(entry.connector)
    else {
      const folder = resolve(dirname(dirname(configFile)), entry)
      for (const file of await yamlFiles(folder, diagnostics)) {
        const source = sourceFile(file, await readFile(file, 'utf8'))
        sources.push(source)
        const { documents, diagnostics: syntax } = parseYaml(source)
        diagnostics.push(...syntax)
        for (const document of documents) {
          const read = connectorDocument.read(document, (d) => diagnostics.push(d), '')
          if (read !== undefined) add(read.connector)
        }
      }
    }
  }
  return { connectors, diagnostics, sources }
}

/** As references write it: a connector of a project has nothing in front. */
function scopeOf({ orgIdentifier, projectIdentifier }: Connector): 'account.' | 'org.' | '' {
  if (projectIdentifier !== undefined) return ''
  return orgIdentifier === undefined ? 'account.' : 'org.'
}

async function yamlFiles(folder: string, diagnostics: Diagnostic[]): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    diagnostics.push(diagnose('CONFIG_UNREADABLE', { file: folder, reason: error.message }))
    return []
  })
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name))
}
