/** Both ways of asking at a terminal. */
import { PassThrough } from 'node:stream'
import { describe } from 'vitest'
import { fakeClock } from '../../../test/support/fake-clock.ts'
import { interventionContract } from '../../ports/intervention.contract.ts'
import { askInLines } from './ask-in-lines.ts'
import { askOnKeys } from './ask-on-keys.ts'
import { keyboard } from './keyboard.ts'

function stepIn(lines: string): string {
  return lines.match(/\? (\S+) failed(?![\s\S]*\? \S+ failed)/)?.[1] ?? ''
}

describe('asking on keys', () =>
  interventionContract(() => {
    const input = new PassThrough()
    const intervention = askOnKeys({ clock: fakeClock(), keys: keyboard(input, () => undefined) })
    return {
      intervention,
      answer: (text) => void input.write(`${text}\r`),
      hangUp: () => void input.end(),
      asked: () => stepIn(intervention.lines().join('\n')),
      listening: () => input.listenerCount('data') > 0,
    }
  }))

describe('asking between lines', () =>
  interventionContract(() => {
    const input = new PassThrough()
    let shown = ''
    const output = {
      write(text: string) {
        shown += text
      },
    }
    return {
      intervention: askInLines({ input, output, interrupt: () => undefined }),
      answer: (text) => void input.write(`${text}\n`),
      hangUp: () => void input.end(),
      asked: () => stepIn(shown),
      listening: () => !input.isPaused() && input.listenerCount('data') > 0,
    }
  }))
