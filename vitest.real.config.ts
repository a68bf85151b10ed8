/** Tests against real components: programs of the machine, installed when root. One file at a time, they share ports and disks. */
import { defineConfig } from 'vitest/config'
import { PromiseReporter } from './test/support/promise-reporter.ts'

export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    exclude: ['node_modules/**'],
    pool: 'forks',
    fileParallelism: false,
    globalSetup: ['test/support/temp-root.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    reporters: ['verbose', new PromiseReporter({ files: true })],
  },
})
