/** Unit, golden, contract and property tests: no I/O beyond temp folders and loopback. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/real/**', 'node_modules/**'],
    pool: 'threads',
    testTimeout: 20_000,
  },
})
