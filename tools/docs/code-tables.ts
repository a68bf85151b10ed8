/** Loads the code tables of src/base/codes/, one per file, and finds codes that two of them define. */
import { join } from 'node:path'
import type { CodeEntry } from '../../src/base/codes.ts'
import { typeScriptFiles } from '../support/walk.ts'

export interface CodeTable {
  readonly name: string
  readonly codes: Readonly<Record<string, CodeEntry>>
}

export async function loadCodeTables(root: string): Promise<readonly CodeTable[]> {
  const files = typeScriptFiles(root, 'src/base/codes').filter((path) => !path.endsWith('.test.ts'))
  return await Promise.all(
    files.map(async (path) => {
      const name = path.replace(/^.*\//, '').replace(/\.ts$/, '')
      const loaded = (await import(join(root, path))) as Readonly<Record<string, Readonly<Record<string, CodeEntry>>>>
      const codes = loaded[`${name}Codes`]
      if (codes === undefined) throw new Error(`${path} has to export ${name}Codes`)
      return { name, codes }
    }),
  )
}

/** The spread in codes.ts would let the later table win in silence. */
export function duplicateCodes(tables: readonly CodeTable[]): readonly string[] {
  const owners = new Map<string, string>()
  const complaints: string[] = []
  for (const { name, codes } of tables) {
    for (const code of Object.keys(codes)) {
      const owner = owners.get(code)
      if (owner === undefined) owners.set(code, name)
      else complaints.push(`${code} is defined in ${owner} and in ${name}`)
    }
  }
  return complaints
}
