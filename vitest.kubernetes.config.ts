/** Tests against a real Kubernetes cluster: that of KUBECONFIG, or one of our own. Not part of any other command. */
import { defineConfig } from 'vitest/config'
import { PromiseReporter } from './test/support/promise-reporter.ts'

export default defineConfig({
  test: {
    include: ['test/kubernetes/**/*.test.ts'],
    exclude: ['node_modules/**'],
    pool: 'forks',
    fileParallelism: false,
    globalSetup: ['test/support/temp-root.ts'],
    testTimeout: 180_000,
    hookTimeout: 1_800_000,
    reporters: ['verbose', new PromiseReporter({ files: true })],
  },
})
