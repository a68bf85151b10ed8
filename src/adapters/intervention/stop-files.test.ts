import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { brandAs } from '../../base/brand.ts'
import type { RunId } from '../../events/run-event.ts'
import { stopFiles } from './stop-files.ts'

const run = brandAs<RunId>('01a')
const { signal } = new AbortController()

describe('stops of other processes', () => {
  it('are heard, before and after somebody listens, each once', async () => {
    const { dir } = tempProject()
    const [asker, runner] = [stopFiles({ dir, everyMs: 5 }), stopFiles({ dir, everyMs: 5 })]
    await asker.ask(run, 'in good order')
    expect(await runner.wait(run, { signal })).toBe('in good order')
    const next = runner.wait(run, { after: 'in good order', signal })
    await asker.ask(run, 'now')
    expect(await next).toBe('now')
  })

  it('are forgotten with the run, and are for no other run', async () => {
    const { dir } = tempProject()
    const stops = stopFiles({ dir, everyMs: 5 })
    await stops.ask(run, 'now')
    await stops.forget(run)
    const leaving = new AbortController()
    const waiting = [run, brandAs<RunId>('01b')].map((one) => stops.wait(one, { signal: leaving.signal }))
    leaving.abort(new Error('left'))
    await Promise.all(waiting.map((one) => expect(one).rejects.toThrow('left')))
  })
})
