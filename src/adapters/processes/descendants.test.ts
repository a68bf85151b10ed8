/** Real processes below this one are found, and ended with their own children. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { needs } from '../../../test/support/skip.ts'
import { descendants, killDescendants } from './descendants.ts'

/** Ended and not yet collected by its new parent (state Z) counts as gone. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('processes below a process', needs(existsSync('/proc/self/stat'), 'there is no /proc'), () => {
  it('are found with the children of children, also those in a group of their own', async () => {
    const child = spawn('sh', ['-c', 'sh -c "sleep 987 & echo \\$!; wait" & wait'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const grandchild = Number(line.toString())
    expect(descendants(process.pid).map((one) => one.pid)).toEqual(expect.arrayContaining([child.pid, grandchild]))
    const pid = child.pid ?? 0
    const ended = once(child, 'exit')
    killDescendants(pid, process.kill)
    process.kill(pid, 'SIGKILL')
    await ended
    await expect.poll(() => runs(grandchild)).toBe(false)
  })

  it('are spared where their arguments have a word, with those in between', async () => {
    const child = spawn('sh', ['-c', 'sh -c "sleep 985 & sh -c \\"sleep 986; :\\" spared-one & sleep 987 & wait; :" & echo up; wait'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await once(child.stdout, 'data')
    const pid = child.pid ?? 0
    await expect.poll(() => descendants(pid).length).toBe(5)
    const killed: number[] = []
    killDescendants(pid, (one) => void killed.push(one), ['spared-one'])
    expect(killed).toHaveLength(3)
    killDescendants(pid, process.kill)
    child.kill('SIGKILL')
  })

  it('are none below one that has none, or is not there', () => {
    const child = spawn('sleep', ['987'])
    expect(descendants(child.pid ?? 0)).toEqual([])
    child.kill()
    expect(descendants(2 ** 30)).toEqual([])
  })
})
