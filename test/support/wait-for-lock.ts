/** One at a time among the processes of this machine: installing packages and making roots, which files of tests begin side by side. */
import { takeLock } from '../../src/media/lock.ts'
import { testCache } from './test-cache.ts'

/** Blocks: whoever has it works for some minutes at most, or is dead, and then it is taken over. Answers the way to give it back. */
export function waitForLock(name: string): () => void {
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    const release = takeLock(testCache(`${name}.lock`))
    if (release !== undefined) return release
    Atomics.wait(never, 0, 0, 300)
  }
}
