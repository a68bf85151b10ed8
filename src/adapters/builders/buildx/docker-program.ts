/** Where the program docker is, and how it is started: so that it never outlives whoever started it, not even when that is killed. */
import { problem } from '../../../base/problem.ts'
import { findProgram } from '../../processes/find-program.ts'

/** Throws BUILDX_NO_DOCKER. */
export async function dockerProgram(path: string | undefined): Promise<string> {
  const found = await findProgram('docker', path)
  if (found === undefined) throw problem('BUILDX_NO_DOCKER', {})
  return found
}

/** What is written to the lifeline when docker has ended. */
export const released = 'done\n'

/**
 * A watch beside docker reads the lifeline, which is number 3. When that ends without a word, whoever holds its other end is gone: the group is asked to stop, and
 * ended ten seconds later. docker takes the place of the shell, so its number and its group are those of the child.
 */
const script = `{ read -r word <&3 || { kill -s INT 0; sleep 10; kill -s KILL 0; }; } >/dev/null 2>&1 & exec "$0" "$@" 3<&-`

export function underWatch(docker: string, args: readonly string[]): { readonly program: string; readonly args: readonly string[] } {
  return { program: '/bin/sh', args: ['-c', script, docker, ...args] }
}
