/** A step whose output cannot be heard any more: its process ends with it, before the next try begins. */
import { describe, expect, it } from 'vitest'
import { pipeline, stage } from '../../test/support/flow-text.ts'
import { runText } from '../../test/support/run-text.ts'
import type { Infrastructure, OutputChunk } from '../ports/infrastructure.ts'

describe('a step whose output is lost', () => {
  it('ends its process before it is tried again', async () => {
    const told: string[] = []
    let tries = 0
    const around = (fake: Infrastructure): Infrastructure => ({
      ...fake,
      open: async (stage, opening) => ({
        ...(await fake.open(stage, opening)),
        async start(_, { signal }) {
          const turn = ++tries
          told.push(`${turn} begins`)
          const end = { exit: { kind: 'exited', code: 0 }, outputs: new Map(), handed: { outputs: '', secrets: '', env: '' } } as const
          const lost = (async function* (): AsyncGenerator<OutputChunk> {
            yield { stream: 'out', bytes: Buffer.from('some\n') }
            if (turn === 1) throw new Error('the log is lost')
          })()
          const ended = Promise.withResolvers<typeof end>()
          const finish = (): void => {
            told.push(`${turn} ends`)
            ended.resolve(end)
          }
          const over = (): void => void setTimeout(finish, 20)
          if (turn === 1) signal.addEventListener('abort', over, { once: true })
          else over()
          return { output: lost, end: ended.promise }
        },
      }),
    })
    const retry = {
      onFailure: {
        errors: ['AllErrors'],
        action: { type: 'Retry', spec: { retryCount: 1, retryIntervals: ['1s'], onRetryFailure: { action: { type: 'MarkAsFailure' } } } },
      },
    }
    const step = { step: { identifier: 'a', name: 'a', type: 'Run', spec: { command: 'x' }, failureStrategies: [retry] } }
    const ran = await runText(pipeline([stage('s', [step])]), { around })
    expect(told).toEqual(['1 begins', '1 ends', '2 begins', '2 ends'])
    expect(ran.outcome).toEqual({ kind: 'passed' })
  })
})
