import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LogLimits, limitedLog, lineMark } from './log-limits.ts'

function logged(limits: LogLimits, texts: readonly string[]) {
  const log = limitedLog(limits)
  const now = texts.flatMap((text) => log.take({ stream: 'out', text }).map((piece) => piece.text))
  const { pieces, cut } = log.end()
  return { live: now.join(''), text: [...now, ...pieces.map((piece) => piece.text)].join(''), cut }
}

describe('limits of a log', () => {
  it('leave everything as it is when there are none', () => {
    const text = `${'x'.repeat(100_000)}\ny`
    expect(logged({}, [text, text])).toMatchObject({ text: text + text, cut: { lines: 0, bytes: 0 } })
  })

  it('end a line that is too long with a mark, and count what is missing', () => {
    const { text, cut } = logged({ line: 10 }, ['short\n0123', '456789abc', 'def\nnext\n'])
    expect(text).toBe(`short\n0123456789${lineMark}\nnext\n`)
    expect(cut).toEqual({ lines: 1, bytes: 6 })
  })

  it('cut a line of 30 KB at 25 KB', () => {
    const { text, cut } = logged({ line: 25_000 }, [`${'x'.repeat(30_000)}\n`])
    expect(text).toBe(`${'x'.repeat(25_000)}${lineMark}\n`)
    expect(cut).toEqual({ lines: 1, bytes: 5000 })
  })

  it('keep the beginning and the end of a step that says too much, with a mark between', () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `line ${String(i).padStart(4, '0')}\n`)
    const { live, text, cut } = logged({ step: 1000 }, lines)
    expect(live).toBe(lines.join('').slice(0, 750))
    expect(text).toBe(`${live}\n…[9.00 KB left out]\n${lines.slice(-25).join('')}`)
    expect(cut).toEqual({ lines: 0, bytes: 9000 })
  })

  it('leave a step alone that says just as much as it may', () => {
    const text = 'x'.repeat(1000)
    expect(logged({ step: 1000 }, [text.slice(0, 900), text.slice(900)])).toMatchObject({ text, cut: { lines: 0, bytes: 0 } })
  })

  it('cut no character in two, keep within the limit, and miss nothing that they do not count', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', '\n'), maxLength: 40 })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 40 }), fc.nat(60), fc.nat(400), (texts, line, step) => {
        const { text: shown, cut } = logged({ line, step }, texts)
        expect(shown.isWellFormed() && !shown.includes('\ufffd')).toBe(true)
        const own = shown.replace(/\n…\[[^\]]* left out\]\n/, '').replaceAll(lineMark, '')
        const marks = shown.split(lineMark).length - 1
        expect(Buffer.byteLength(own)).toBeLessThanOrEqual(step)
        // Marks of lines may themselves be left out again.
        expect(Buffer.byteLength(own) + cut.bytes).toBeGreaterThanOrEqual(Buffer.byteLength(texts.join('')))
        expect(Buffer.byteLength(own) + cut.bytes).toBeLessThanOrEqual(Buffer.byteLength(texts.join('')) + (cut.lines - marks) * Buffer.byteLength(lineMark))
      }),
      { numRuns: 1000 },
    )
  })
})
