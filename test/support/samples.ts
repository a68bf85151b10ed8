/** The sample documents, read from the folder SLIPWAY_SAMPLES names. They are not part of the repository: without it, tests skip loudly. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { TestOptions } from 'vitest'
import { needs, promised } from './skip.ts'

export interface Samples {
  /** For `describe('...', samples.options, ...)`: skipped with a reason when there is no folder; when there is one, something must run. */
  readonly options: TestOptions
  /** File names that end so, sorted; empty without a folder. */
  list(ending: string): readonly string[]
  read(name: string): string
}

export function samples(env: Readonly<Record<string, string | undefined>> = process.env): Samples {
  const dir = env['SLIPWAY_SAMPLES'] ?? ''
  const reason = dir === '' ? 'SLIPWAY_SAMPLES is not set' : `SLIPWAY_SAMPLES names ${dir}, which is no folder`
  const found = dir !== '' && existsSync(dir) && statSync(dir).isDirectory()
  return {
    options: dir === '' ? needs(false, reason) : promised('everywhere', needs(found, reason)),
    list: (ending) =>
      found
        ? readdirSync(dir)
            .filter((name) => name.endsWith(ending))
            .sort()
        : [],
    read: (name) => readFileSync(join(dir, name), 'utf8'),
  }
}
