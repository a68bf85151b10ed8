import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { brandAs } from '../../base/brand.ts'
import type { RunId } from '../../events/run-event.ts'
import { runQueueContract } from '../../ports/run-queue.contract.ts'
import { queueFiles } from './queue-files.ts'

describe('queue in files', () => {
  runQueueContract(() => {
    const { dir } = tempProject()
    return { queue: queueFiles(dir), again: () => queueFiles(dir) }
  })

  it('shows nothing of an order in any file', async () => {
    const place = tempProject()
    const options = { input: ['TOKEN=never-in-clear'] }
    const about = { run: brandAs<RunId>('01a'), pipeline: 'p', pipelineName: 'p', pipelineFile: 'p', queuedAt: 1 }
    await queueFiles(place.dir).add(about, { kind: 'file', cwd: '/', file: 'p', options })
    for (const file of place.files()) expect(place.read(file)).not.toContain('never-in-clear')
  })

  it('leaves none out of a list that is made while its state changes', async () => {
    const queue = queueFiles(tempProject().dir)
    const run = brandAs<RunId>('01b')
    await queue.add({ run, pipeline: 'p', pipelineName: 'p', pipelineFile: 'p', queuedAt: 1 }, { kind: 'file', cwd: '/', file: 'p', options: {} })
    for (let i = 0; i < 300; i++) {
      const [listed] = await Promise.all([queue.list(), i % 2 === 0 ? queue.take(run) : queue.putBack(run)])
      expect(listed.map((one) => one.run)).toEqual([run])
    }
  })
})
