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
})
