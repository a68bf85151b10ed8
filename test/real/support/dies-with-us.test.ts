/** What a test starts as a server ends with the test's process, also when that is killed. Needs root. */
import { spawn } from 'node:child_process'
import process from 'node:process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { needs, promised } from '../../support/skip.ts'
import { tempProject } from '../../support/temp-project.ts'
import { commandLines } from '../buildx/project.ts'

/** Numbers that no other process sleeps for. */
const [first, second] = [7_000_000 + process.pid, 6_000_000 + process.pid]

function sleeping(): readonly number[] {
  const lines = commandLines()
  return [first, second].filter((seconds) => lines.some((line) => line.startsWith(`sleep ${seconds} `)))
}

describe('a server of tests', promised('ci', needs(process.getuid?.() === 0, 'namespaces of processes need root')), () => {
  it('ends with all it started in sessions of their own when the process that started it is killed', async () => {
    const from = JSON.stringify(new URL('./dies-with-us.ts', import.meta.url).href)
    const { dir, path } = tempProject({
      'main.mjs': `import { spawn } from 'node:child_process'
import { diesWithUs } from ${from}
const { program, args } = diesWithUs('sh', ['-c', 'setsid sleep ${second} & exec sleep ${first}'])
spawn(program, args, { stdio: 'ignore', detached: true })
`,
    })
    const child = spawn(process.execPath, [path('main.mjs')], { cwd: dir, stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await expect.poll(sleeping, { timeout: 30_000 }).toEqual([first, second])
    child.kill('SIGKILL')
    await expect.poll(sleeping, { timeout: 30_000 }).toEqual([])
  })
})
