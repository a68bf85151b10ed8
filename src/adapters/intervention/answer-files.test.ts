import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { brandAs } from '../../base/brand.ts'
import type { RunId } from '../../events/run-event.ts'
import { answersContract } from '../../ports/answers.contract.ts'
import { answerFiles } from './answer-files.ts'

const run = brandAs<RunId>('01run')
const never = new AbortController().signal

describe('answers as files', () => {
  answersContract(() => {
    const dir = join(tempProject().dir, 'answers')
    return { run: answerFiles({ dir, everyMs: 5 }), person: answerFiles({ dir, everyMs: 5 }) }
  })

  it('leave no file behind', async () => {
    const { dir } = tempProject()
    const [asks, person] = [answerFiles({ dir, everyMs: 5 }), answerFiles({ dir, everyMs: 5 })]
    const waiting = asks.wait(run, 's/a', { signal: never })
    expect(await person.give(run, 's/a', 'retry', { signal: never })).toBe('given')
    await waiting
    expect(readdirSync(dir)).toEqual([])
  })

  it('are withdrawn where the process that asked is no more; what it left goes when its run is known to be interrupted', async () => {
    const { dir } = tempProject()
    const dead = answerFiles({ dir, everyMs: 5 })
    const stop = new AbortController()
    const waiting = dead.wait(run, 's/a', { signal: stop.signal })
    await expect.poll(() => readdirSync(dir).length).toBe(1)
    const [asked = ''] = readdirSync(dir)
    stop.abort(new Error('killed'))
    await expect(waiting).rejects.toThrow('killed')
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, asked), '')
    const person = answerFiles({ dir, everyMs: 5 })
    expect(await person.give(run, 's/a', 'retry', { signal: never })).toBe('not asked')
    expect(readdirSync(dir)).toEqual([asked])
    await person.forget(brandAs<RunId>('01ru'))
    expect(readdirSync(dir)).toEqual([asked])
    await person.forget(run)
    expect(readdirSync(dir)).toEqual([])
  })
})
