/**
 * Threads for tests, as vitest has them, but without Node's list of the file descriptors that a thread has opened by number. Steps get pipes
 * that are opened by number and closed by their sockets, which that list never hears of: it warned of numbers used again, and at the end of the
 * thread closed numbers that had long been those of somebody else. The program itself starts steps in no thread.
 */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { PoolOptions, PoolWorker } from 'vitest/node'

export const testThreads = { name: 'test-threads', createPoolWorker: testThread }

function testThread({ distPath, env, execArgv, project }: PoolOptions): PoolWorker {
  let thread: Worker | undefined
  const running = (): Worker => {
    if (thread === undefined) throw new Error('the thread of tests has not begun, or has ended')
    return thread
  }
  return {
    name: testThreads.name,
    on: (event, callback) => void running().on(event, callback),
    off: (event, callback) => void running().off(event, callback),
    send: (message) => running().postMessage(message),
    async start() {
      if (thread !== undefined) return
      thread = new Worker(join(distPath, 'workers/threads.js'), { env, execArgv, stdout: true, stderr: true, trackUnmanagedFds: false })
      const { outputStream, errorStream } = project.vitest.logger
      thread.stdout.pipe(outputStream, { end: false })
      thread.stderr.pipe(errorStream, { end: false })
    },
    async stop() {
      await running().terminate()
      thread = undefined
    },
    deserialize: (data) => data,
  }
}
