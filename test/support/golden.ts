/** Golden files: what a test made is compared with a committed file; UPDATE_GOLDEN=1 rewrites it and the diff is reviewed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

export interface GoldenOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** `golden(new URL('./testdata/plan.json', import.meta.url), text)`. In CI files are never rewritten. */
export function golden(file: URL | string, actual: string, o: GoldenOptions = {}): void {
  const path = typeof file === 'string' ? file : fileURLToPath(file)
  const env = o.env ?? process.env
  if (env['UPDATE_GOLDEN'] === '1' && !env['CI']) {
    mkdirSync(dirname(path), { recursive: true })
    if (!existsSync(path) || readFileSync(path, 'utf8') !== actual) writeFileSync(path, actual)
    return
  }
  const shown = relative(process.cwd(), path)
  if (!existsSync(path)) expect.fail(`${shown} does not exist; UPDATE_GOLDEN=1 writes it`)
  expect(actual, `differs from ${shown}; when the new text is right, UPDATE_GOLDEN=1 rewrites it`).toBe(readFileSync(path, 'utf8'))
}

/** The same for a value: two-space JSON with a final line break. */
export function goldenJson(file: URL | string, actual: unknown, o: GoldenOptions = {}): void {
  golden(file, `${JSON.stringify(actual, undefined, 2)}\n`, o)
}

export interface GoldenCase {
  readonly name: string
  path(file: string): string
  read(file: string): string
}

/** One case per folder of a testdata folder. Throws when there is none: a renamed folder must not pass for success. */
export function goldenCases(folder: URL): readonly GoldenCase[] {
  const dir = fileURLToPath(folder)
  const names = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  if (names.length === 0) throw new Error(`no case folders in ${dir}`)
  return names.sort().map((name) => ({ name, path: (file) => join(dir, name, file), read: (file) => readFileSync(join(dir, name, file), 'utf8') }))
}
