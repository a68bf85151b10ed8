/** Tests against real components: programs of the machine, installed when root. Two files at a time; what watches or fills the whole machine goes alone, afterwards. */
import { defineConfig } from 'vitest/config'
import { PromiseReporter } from './test/support/promise-reporter.ts'

const all = 'test/real/**/*.test.ts'
/** They compare mounts, loop devices and processes of the machine before and after, kill by the clock, or look at a page as fast as people do. */
const alone = ['builder/cache-crash', 'crash/run-killed', 'steps/examples', 'steps/image-steps', 'builder/soak', 'page/*', 'demo'].map(
  (name) => `test/real/${name}.test.ts`,
)
const nothing = 'node_modules/**'

export default defineConfig({
  test: {
    pool: 'forks',
    globalSetup: ['test/support/temp-root.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    reporters: ['verbose', new PromiseReporter({ files: true })],
    projects: [
      { extends: true, test: { name: 'together', include: [all], exclude: [nothing, ...alone], maxWorkers: 2, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'alone', include: alone, fileParallelism: false, sequence: { groupOrder: 1 } } },
    ],
  },
})
