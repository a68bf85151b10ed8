/** The page has its own words for what the server answers, as it shares no code with it: here they are held against the server's. */
import { describe, expectTypeOf, it } from 'vitest'
import type { LogLine as ServedLine } from '../../src/server/logs/line-index.ts'
import type { PipelineForm as ServedForm, ShelvedPipeline } from '../../src/server/pipeline-shelf.ts'
import type { RunRow as ServedRow } from '../../src/server/routes/known-run.ts'
import type { LogLine, PipelineForm, RunRow, ServedPipeline } from '../../web/api/types.ts'

/** What is undefined is not there when it has been sent. */
type Sent<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

describe('what the page expects', () => {
  it('is what the server answers', () => {
    expectTypeOf<Sent<ServedRow>>().toExtend<RunRow>()
    expectTypeOf<ServedForm>().toExtend<PipelineForm>()
    expectTypeOf<ShelvedPipeline>().toExtend<Omit<ServedPipeline, 'latest'>>()
    expectTypeOf<ServedLine>().toExtend<LogLine>()
  })
})
