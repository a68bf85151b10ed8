/** What steps of a run share with each other, and stages do not. */
import { expect, it } from 'vitest'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

function stage(identifier: string, commands: Readonly<Record<string, string>>): object {
  const steps = Object.entries(commands).map(([id, command]) => ({ step: { identifier: id, name: id, type: 'Run', spec: { shell: 'Sh', command } } }))
  return { stage: { identifier, name: identifier, type: 'CI', spec: { cloneCodebase: false, execution: { steps } } } }
}

it('a file of one step is there for the next, and gone in the next stage', async () => {
  const stages = [
    stage('one', { write: 'echo written > "$HARNESS_WORKSPACE/file"', read: 'cat file' }),
    stage('two', { look: 'test -e file && echo still there || echo nothing here' }),
  ]
  const { dir } = tempProject({
    'pipeline.yaml': JSON.stringify({ pipeline: { identifier: 'p', name: 'p', orgIdentifier: 'o', projectIdentifier: 'q', stages } }),
  })
  const { code, out } = await slipwayHere(dir, { PATH: process.env['PATH'] ?? '' }, 'run', 'pipeline.yaml', '--output', 'plain')
  expect([code, out]).toEqual([0, expect.stringMatching(/\[one\/read\] written\n.*\[two\/look\] nothing here\n/s)])
})
