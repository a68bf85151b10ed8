/** Servers that end when this process does, however it ends, together with all that they ever started. Needs root. */
import { readFileSync } from 'node:fs'

export interface Started {
  readonly program: string
  readonly args: readonly string[]
}

/**
 * In a PID namespace of its own: killed with the thread that started it, its first process goes with it, and the kernel ends all others then.
 * A process group would not do, because daemons give what they start groups of its own.
 */
export function diesWithUs(program: string, args: readonly string[], namespaces: readonly string[] = ['--mount', '--mount-proc']): Started {
  return { program: 'setpriv', args: ['--pdeathsig', 'KILL', 'unshare', '--pid', '--fork', '--kill-child=KILL', ...namespaces, program, ...args] }
}

/** The first process of the namespace, as it is numbered here. `pid`: that of what was started. */
export function firstInside(pid: number): string {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  if (first === undefined || first === '') throw new Error(`${pid} has started nothing`)
  return first
}
