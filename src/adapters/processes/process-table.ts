/** Every process, as /proc of Linux tells it; elsewhere there are none. Synchronous: asked for while a process ends. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Process {
  readonly pid: number
  readonly state: string
  readonly parent: number
  readonly group: number
}

export function processTable(): readonly Process[] {
  return namesIn('/proc').flatMap((name) => (/^\d+$/.test(name) ? statOf(name) : []))
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** `pid (name, which may hold anything) state parent group ...`; nothing of one that has just ended. */
function statOf(pid: string): readonly Process[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state = '', parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return [{ pid: Number(pid), state, parent: Number(parent), group: Number(group) }]
  } catch {
    return []
  }
}
