/** Goldens: testdata/CASE/{Dockerfile,expected.json}, and testdata/negative. UPDATE_GOLDEN=1 rewrites what is expected. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sourceFile } from '../text/source-file.ts'
import { parseDockerfile } from './parse.ts'

const testdata = join(import.meta.dirname, 'testdata')
const cases = [...foldersIn(testdata).filter((name) => name !== 'negative'), ...foldersIn(join(testdata, 'negative')).map((name) => `negative/${name}`)]

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))
}

describe('golden', () => {
  it.each(cases)('%s', (name) => {
    const parsed = parseDockerfile(sourceFile('Dockerfile', readFileSync(join(testdata, name, 'Dockerfile'), 'utf8')))
    const { directives, globalArgs, stages, diagnostics } = parsed
    const actual = `${JSON.stringify(compact({ directives, globalArgs, stages, diagnostics }), undefined, 1)}\n`
    const path = join(testdata, name, 'expected.json')
    if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(path, actual)
    expect(actual).toBe(readFileSync(path, 'utf8'))
    expect(diagnostics.length > 0).toBe(name.startsWith('negative/'))
  })
})

/** Words become `text @ place`, places `line:col-line:col`, and what says nothing is left out. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact)
  if (typeof value !== 'object' || value === null) return value
  const o = value as Record<string, unknown>
  if ('endCol' in o) return `${o['line']}:${o['col']}-${o['endLine']}:${o['endCol']}`
  if ('text' in o && 'at' in o && Object.keys(o).length === 2) return `${o['text']} @ ${compact(o['at'])}`
  const kept = Object.entries(o).filter(([, member]) => member !== undefined && member !== false && !(Array.isArray(member) && member.length === 0))
  return Object.fromEntries(kept.filter(([key]) => key !== 'source').map(([key, member]) => [key, compact(member)]))
}
