/** Whether this process may mount: root of a container usually may not. */
import { readFileSync } from 'node:fs'

const systemAdministration = 21n

export function mayMount(): boolean {
  try {
    const found = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    return found === undefined || ((BigInt(`0x${found}`) >> systemAdministration) & 1n) === 1n
  } catch {
    // No Linux.
    return true
  }
}
