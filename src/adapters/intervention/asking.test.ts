/** What a person is asked about failed steps, how the answer is given, and what the terminal shows of it. */
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../../test/support/fake-clock.ts'
import { diagnose } from '../../base/diagnostic.ts'
import { type Choice, choices, type Question } from '../../ports/intervention.ts'
import { askInLines } from './ask-in-lines.ts'
import { askOnKeys } from './ask-on-keys.ts'
import { keyboard } from './keyboard.ts'
import { choiceOf } from './question-text.ts'

const at = { file: 'p.yaml', line: 3, col: 7, endLine: 3, endCol: 9 }
const question = (step: string): Question => ({
  step,
  problem: diagnose('STEP_EXIT_CODE', { exit: 2 }, { at }),
  timeoutMs: 60_000,
  otherwise: 'abort',
})
const never = new AbortController().signal

/** A terminal's input that tells whether it is raw. */
function input() {
  const modes: boolean[] = []
  const stream = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => void modes.push(raw) })
  let interrupts = 0
  const keys = keyboard(stream, () => {
    interrupts += 1
  })
  const type = async (text: string): Promise<void> => {
    stream.write(text)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { keys, type, modes, interrupts: () => interrupts, stream }
}

describe('answers', () => {
  it.each(choices.map((choice, i) => [choice, i + 1] as const))('%s is told by its number %i, its letter and its name', (choice, number) => {
    const letters: Readonly<Record<Choice, string>> = { retry: 'r', ignore: 'i', 'mark-success': 's', 'mark-failure': 'f', abort: 'a' }
    expect([String(number), letters[choice], letters[choice].toUpperCase(), choice].map(choiceOf)).toEqual(Array(4).fill(choice))
    expect(choiceOf('')).toBeUndefined()
  })
})

describe('asking on keys', () => {
  it('shows what failed, where, the choices and the time that is left', async () => {
    const { keys, type } = input()
    const clock = fakeClock()
    const asking = askOnKeys({ clock, keys })
    expect(asking.lines()).toEqual([])
    const answer = asking.ask(question('s/a'), { signal: never })
    await clock.advance(15_000)
    await type('x\r')
    expect(asking.lines()).toEqual([
      '? s/a failed: p.yaml:3:7: the command ended with exit code 2',
      '  1 [r]etry  2 [i]gnore  3 mark as [s]uccess  4 mark as [f]ailure  5 [a]bort',
      '  45s left, then: abort',
      '  letter or number, then Enter > _  "x" is no answer',
    ])
    await type('a\u007fi')
    expect(asking.lines().at(-1)).toContain('> i_')
    await type('\r')
    expect(await answer).toBe('ignore')
    expect(asking.lines()).toEqual([])
  })

  it('asks one after another; what was typed for one does not answer the next', async () => {
    const { keys, type, modes } = input()
    const asking = askOnKeys({ clock: fakeClock(), keys })
    const first = new AbortController()
    const answers = [asking.ask(question('s/a'), { signal: first.signal }), asking.ask(question('s/b'), { signal: never })]
    expect(asking.lines()[0]).toContain('s/a failed')
    expect(asking.lines()[0]).toContain('(1 more after it)')
    await type('a')
    first.abort(new Error('too late'))
    await expect(answers[0]).rejects.toThrow('too late')
    expect(asking.lines()[0]).toContain('s/b failed')
    await type('\r')
    expect(asking.lines().at(-1)).toContain('"" is no answer')
    await type('1\r')
    expect(await answers[1]).toBe('retry')
    expect(modes).toEqual([true, false])
  })

  it('interrupts by Ctrl-C, and takes no arrow for an answer', async () => {
    const { keys, type, interrupts } = input()
    const asking = askOnKeys({ clock: fakeClock(), keys })
    const stop = new AbortController()
    const answer = asking.ask(question('s/a'), { signal: stop.signal })
    await type('\u001b[A')
    await type('\u0003')
    expect(interrupts()).toBe(1)
    expect(asking.lines().at(-1)).toBe('  letter or number, then Enter > _')
    stop.abort(new Error('stopped'))
    await expect(answer).rejects.toThrow('stopped')
  })
})

describe('asking between lines', () => {
  it('asks one after another, and again after what is no answer', async () => {
    const stream = new PassThrough()
    let shown = ''
    const write = (text: string): void => {
      shown += text
    }
    const asking = askInLines({ input: stream, output: { write }, interrupt: () => undefined })
    const answers = [asking.ask(question('s/a'), { signal: never }), asking.ask(question('s/b'), { signal: never })]
    await expect.poll(() => shown).toContain('s/a failed: p.yaml:3:7: the command ended with exit code 2')
    stream.write('maybe\n')
    await expect.poll(() => shown.split('> ').length).toBeGreaterThan(2)
    stream.write('2\n')
    expect(await answers[0]).toBe('ignore')
    await expect.poll(() => shown).toContain('s/b failed')
    stream.write('s\n')
    expect(await answers[1]).toBe('mark-success')
  })

  it('stops asking when the time is over', async () => {
    const stop = new AbortController()
    const asking = askInLines({ input: new PassThrough(), output: { write: () => undefined }, interrupt: () => undefined })
    const answer = asking.ask(question('s/a'), { signal: stop.signal })
    setImmediate(() => stop.abort(new Error('over')))
    await expect(answer).rejects.toThrow()
  })
})
