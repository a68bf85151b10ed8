import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { display } from './display.ts'
import { runAll } from './run-all.ts'
import { tail } from './run-task.ts'
import type { Task } from './tasks.ts'

const script = (name: string, code: string): Task => ({ name, command: [process.execPath, '-e', code] })

function options(signal = new AbortController().signal) {
  const log: string[] = []
  return { log, cwd: process.cwd(), atOnce: 1, signal, started: (name: string) => log.push(`+${name}`), ended: (name: string) => log.push(`-${name}`) }
}

describe('running checks', () => {
  it('runs all of them, keeps output and result of each', async () => {
    const o = options()
    const results = await runAll([script('good', 'console.log(1)'), script('bad', 'console.error(2); process.exitCode = 3')], o)
    expect(o.log).toEqual(['+good', '-good', '+bad', '-bad'])
    expect([...results].map(([name, { ok, output }]) => [name, ok, output])).toEqual([
      ['good', true, '1\n'],
      ['bad', false, '2\n'],
    ])
  })

  it('reports a program that cannot be started, and one that is stopped', async () => {
    const missing = await runAll([{ name: 'gone', command: ['/no/such/program'] }], options())
    expect(missing.get('gone')).toMatchObject({ ok: false, output: expect.stringContaining('ENOENT') })
    const stopped = await runAll([script('long', 'setTimeout(() => {}, 60000)')], options(AbortSignal.timeout(50)))
    expect(stopped.get('long')?.ok).toBe(false)
  })

  it('shows the end of a long output', () => {
    expect(tail('a\nb\nc\n', 2)).toBe('... 1 lines before\nb\nc')
    expect(tail('a\nb\n', 2)).toBe('a\nb')
  })
})

describe('the display', () => {
  const draw = (isTTY: boolean): string => {
    const written: string[] = []
    const shown = display(['types', 'unit tests'], { isTTY, write: (more) => void written.push(more) })
    shown.started('types')
    shown.ended('types', { ok: false, ms: 1234, output: '' })
    shown.close()
    return written.join('')
  }

  it('writes plain lines where there is no terminal', () => {
    expect(draw(false)).toBe('FAIL types        1.2 s\n')
  })

  it('redraws the same lines on a terminal', () => {
    expect(draw(true)).toContain('\x1b[2A\x1b[2K\x1b[31m✗\x1b[0m types        1.2 s\n')
  })
})
