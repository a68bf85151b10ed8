/** Runs vitest itself on a planted project with our reporter: what a person or CI would see. */
import { spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { root } from '../../tools/support/root.ts'
import { type Files, tempProject } from './temp-project.ts'

export interface PlantedRun {
  readonly status: number | null
  /** The last line of standard output. */
  readonly last: string | undefined
  readonly out: string
}

export function plantedRun(files: Files, env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): PlantedRun {
  const project = tempProject(files)
  symlinkSync(join(root, 'node_modules'), project.path('node_modules'))
  project.write({
    'vitest.config.ts': `import { PromiseReporter } from '${root}/test/support/promise-reporter.ts'
      export default { test: { reporters: ['dot', new PromiseReporter()] } }`,
  })
  const { PATH, HOME } = process.env
  const cli = join(root, 'node_modules/vitest/vitest.mjs')
  const done = spawnSync(process.execPath, [cli, 'run', ...args], { cwd: project.dir, env: { PATH, HOME, ...env }, encoding: 'utf8' })
  const lines = done.stdout.trimEnd().split('\n')
  return { status: done.status, last: lines.at(-1), out: done.stdout + done.stderr }
}
