import { describe, expect, it } from 'vitest'
import { sqliteHistory } from '../../../src/adapters/store/sqlite/sqlite-history.ts'
import { tempProject } from '../../../test/support/temp-project.ts'
import { manyRuns } from './many-runs.ts'

describe('a history of many runs', () => {
  it('is one that history lists, filters and continues', async () => {
    const { dir } = tempProject()
    const now = 1_800_000_000_000
    await manyRuns(dir, 1000, now)
    const history = await sqliteHistory({ dir })
    expect((await history.list()).length).toBe(50)
    expect((await history.list({ limit: 2000 })).length).toBe(1000)
    expect((await history.list({ status: 'failed', limit: 2000 })).length).toBe(143)
    expect((await history.list({ pipeline: 'pipeline-3', limit: 2000 })).length).toBe(100)
    expect(await history.recover()).toEqual([])
    const [newest] = await history.list({ pipeline: 'pipeline-9', limit: 1 })
    const begun = { pipeline: 'acme/shop/pipeline-9', pipelineName: 'pipeline-9', pipelineFile: 'f', startedAt: now }
    expect(newest).toMatchObject({ sequenceId: 100 })
    if (newest !== undefined) expect((await history.begin({ ...begun, run: `${newest.run}x` as typeof newest.run })).sequenceId).toBe(101)
    await history.close()
  })
})
