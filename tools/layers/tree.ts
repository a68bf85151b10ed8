/** The TypeScript files of a project with what the rules ask about: code without comments and strings, imports, size. */
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { typeScriptFiles } from '../support/walk.ts'
import { findImports, type ImportSite } from './imports.ts'
import { mask } from './mask.ts'

export interface Import extends ImportSite {
  /** Path from the root when the specifier is relative. */
  readonly path?: string
}

export interface TreeFile {
  readonly path: string
  readonly text: string
  readonly masked: string
  readonly lines: number
  readonly imports: readonly Import[]
  /** Tests, contract suites and what they share (`*.testing.ts`): they may use test/support and stand outside the floors. */
  readonly isTest: boolean
}

export type Tree = ReadonlyMap<string, TreeFile>

export function readTree(root: string): Tree {
  const paths = ['src', 'web', 'tools', 'test'].flatMap((folder) => typeScriptFiles(root, folder))
  return new Map(paths.map((path) => [path, treeFile(path, readFileSync(join(root, path), 'utf8'))]))
}

export function treeFile(path: string, text: string): TreeFile {
  const masked = mask(text)
  const imports = findImports(text, masked).map((site) =>
    /^\.\.?\//.test(site.specifier) ? { ...site, path: posix.join(posix.dirname(path), site.specifier) } : site,
  )
  return { path, text, masked, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0), imports, isTest: isTestPath(path) }
}

export function isTestPath(path: string): boolean {
  return path.startsWith('test/') || /\.(?:test|contract|testing)\.tsx?$/.test(path) || path.includes('/testdata/')
}
