/** Unit, golden, contract and property tests: no I/O beyond temp folders and loopback. */
import { defineConfig } from 'vitest/config'
import { PromiseReporter } from './test/support/promise-reporter.ts'
import { testThreads } from './test/support/test-threads.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'tools/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/real/**', 'test/kubernetes/**', 'node_modules/**'],
    pool: testThreads,
    // Modules hold no state and nothing is mocked, so test files share workers: far faster than a worker each.
    isolate: false,
    globalSetup: ['test/support/temp-root.ts'],
    setupFiles: ['test/support/property.ts'],
    // Only there to catch what hangs: a busy machine of two cores is many times slower.
    testTimeout: 120_000,
    reporters: [process.env['SLIPWAY_VERBOSE'] === '1' ? 'verbose' : process.stdout.isTTY ? 'dot' : 'minimal', new PromiseReporter()],
  },
})
