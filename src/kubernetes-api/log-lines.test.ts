import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logReader, newLogPlace } from './log-lines.ts'

const at = (second: number, nano: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.${String(nano).padStart(9, '0')}Z`

interface Line {
  readonly stamp: string
  readonly text: string
}

/** As a kubelet answers: lines from the second of `since` on. */
function answer(lines: readonly Line[], since: string | undefined): Buffer {
  return Buffer.from(
    lines
      .filter(({ stamp }) => since === undefined || Date.parse(stamp) >= Date.parse(since))
      .map(({ stamp, text }) => `${stamp} ${text}`)
      .join(''),
  )
}

describe('a log with times', () => {
  it('is given on without them', () => {
    const reader = logReader(newLogPlace())
    const lines = [
      { stamp: at(1, 1), text: 'one\n' },
      { stamp: at(1, 2), text: '\n' },
      { stamp: at(2, 0), text: 'two words\n' },
    ]
    expect(reader.read(answer(lines, undefined)).toString()).toBe('one\n\ntwo words\n')
  })

  it('is complete, and has no line twice, wherever it is cut and taken up again', () => {
    const line = fc.record({ second: fc.integer({ min: 0, max: 3 }), text: fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\n', ' ')) })
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 50 }),
        (drawn, cuts, piece) => {
          const lines = drawn
            .map(({ second, text }, i) => ({ second, text, i }))
            .sort((a, b) => a.second - b.second || a.i - b.i)
            .map(({ second, text }, i) => ({ stamp: at(second, i), text: `${text}\n` }))
          const place = newLogPlace()
          let said = ''
          for (const cut of [...cuts, Number.MAX_SAFE_INTEGER]) {
            const reader = logReader(place)
            const bytes = answer(lines, place.since).subarray(0, cut)
            for (let from = 0; from < bytes.length; from += piece) said += reader.read(bytes.subarray(from, from + piece)).toString('latin1')
          }
          expect(said).toBe(Buffer.from(lines.map(({ text }) => text).join('')).toString('latin1'))
        },
      ),
    )
  })

  it('loses the time that older kubelets put into lines of more than 16 KiB', () => {
    const long = 'x'.repeat(16_384)
    const text = `${at(1, 1)} ${long}${at(1, 2)} ${long}${at(1, 3)} tail\n`
    expect(logReader(newLogPlace()).read(Buffer.from(text)).toString()).toBe(`${long}${long}tail\n`)
    const newer = `${at(1, 1)} ${long}${long}tail 1\n`
    expect(logReader(newLogPlace()).read(Buffer.from(newer)).toString()).toBe(`${long}${long}tail 1\n`)
  })

  it('has its last bytes without the end of a line', () => {
    const long = 'x'.repeat(16_384)
    const reader = logReader(newLogPlace())
    expect(Buffer.concat([reader.read(Buffer.from(`${at(1, 1)} ${long}ab`)), reader.rest()]).toString()).toBe(`${long}ab`)
  })

  it('is not what the kubelet itself says, without a time', () => {
    const reader = logReader(newLogPlace())
    const said = reader.read(Buffer.from(`${at(1, 1)} one\nunable to retrieve container logs for x\n${at(1, 2)} two\nrpc error`))
    expect([said.toString() + reader.rest().toString(), reader.remarks]).toEqual(['one\ntwo\n', 'unable to retrieve container logs for x\nrpc error'])
  })
})
