/** The processes below one, as the kernel of Linux tells them; elsewhere none are found. Synchronous: asked for while a process ends. */
import { readdirSync, readFileSync } from 'node:fs'
import { type Process, processTable } from './process-table.ts'

/** Parents before their children. */
export function descendants(pid: number): readonly Process[] {
  if (hasNone(pid)) return []
  const children = Map.groupBy(processTable(), ({ parent }) => parent)
  const found: Process[] = [...(children.get(pid) ?? [])]
  for (const { pid: parent } of found) found.push(...(children.get(parent) ?? []))
  return found
}

/** The quick answer for most ends; a kernel built without it says nothing. */
function hasNone(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8') === '')
  } catch {
    return false
  }
}

/** At once. Those with one of the words among their arguments are spared, with the processes between. Who has just ended by itself is no failure. */
export function killDescendants(pid: number, kill: (pid: number, signal: NodeJS.Signals) => void, spare: readonly string[] = []): void {
  const found = descendants(pid)
  const spared = new Set(found.filter((one) => spare.length > 0 && argumentsOf(one.pid).some((word) => spare.includes(word))).map((one) => one.pid))
  for (const one of found.toReversed()) if (spared.has(one.pid)) spared.add(one.parent)
  for (const one of found) {
    try {
      if (!spared.has(one.pid)) kill(one.pid, 'SIGKILL')
    } catch {
      // It is gone already.
    }
  }
}

function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}
