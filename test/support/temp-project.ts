/** Files written inline into a fresh folder, which is removed when the test ends. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { walk } from '../../tools/support/walk.ts'

export interface TempProject {
  readonly dir: string
  path(...parts: readonly string[]): string
  write(files: Files): void
  read(file: string): string
  exists(file: string): boolean
  /** Paths of all files, sorted; node_modules and the like left out. */
  files(): readonly string[]
  /** Called by itself at the end of a test; call it yourself for a project made in `beforeAll`. */
  remove(): void
}

export type Files = Readonly<Record<string, string | Uint8Array>>

export function tempProject(files: Files = {}): TempProject {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-test-')))
  const path = (...parts: readonly string[]): string => join(dir, ...parts)
  const write = (more: Files): void => {
    for (const [file, content] of Object.entries(more)) {
      mkdirSync(dirname(path(file)), { recursive: true })
      writeFileSync(path(file), content)
    }
  }
  const remove = (): void => rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
  atEnd(remove)
  write(files)
  return { dir, path, write, read: (file) => readFileSync(path(file), 'utf8'), exists: (file) => existsSync(path(file)), files: () => walk(dir), remove }
}

/** Inside a test: when it ends. Outside (hooks, module level): with the folder of the whole run (temp-root.ts). */
function atEnd(remove: () => void): void {
  try {
    onTestFinished(remove)
  } catch {
    // Nobody to tell.
  }
}
