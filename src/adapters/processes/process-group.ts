/** What /proc tells of a process group. Elsewhere than on Linux nothing. */
import { readdirSync, readFileSync } from 'node:fs'

interface Stat {
  readonly state: string
  readonly group: number
}

/** Whether a process of the group still runs. One that has ended and was not yet collected does not. */
export function groupRuns(group: number): boolean {
  return pids().some((pid) => {
    const stat = statOf(pid)
    return stat !== undefined && stat.group === group && stat.state !== 'Z' && stat.state !== 'X'
  })
}

function pids(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

/** The name of the program stands in brackets and may hold anything. */
function statOf(pid: string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state = '', , group] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state, group: Number(group) }
  } catch {
    return undefined
  }
}
