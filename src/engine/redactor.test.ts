import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactor } from './redactor.ts'

const narrow = fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 6, maxLength: 12 })
const secret = fc.oneof(narrow, fc.string({ minLength: 6, maxLength: 40 })).filter((s) => s.trim().length >= 6)
const filler = fc.oneof(fc.string({ unit: fc.constantFrom('a', 'b', ' ') }), fc.string())

describe('redactor', () => {
  it('masks the secret, its lines and its encodings', () => {
    const r = redactor()
    r.register('pa$$ word\nsecond-line')
    for (const text of ['pa$$ word', 'second-line', encodeURIComponent('pa$$ word'), Buffer.from('pa$$ word').toString('base64')]) {
      expect(r.text(`before ${text} after`), text).toBe('before ******** after')
    }
    for (const prefix of ['', 'u', 'u:']) expect(r.text(Buffer.from(`${prefix}second-line`).toString('base64'))).toContain('********')
  })

  it('never shows a secret, however the output is cut into chunks', () => {
    fc.assert(
      fc.property(secret, filler, filler, fc.array(fc.nat(20), { minLength: 1, maxLength: 30 }), (value, before, after, cuts) => {
        const r = redactor()
        r.register(value)
        const whole = before + value + after + value
        const stream = r.stream()
        let shown = ''
        let at = 0
        for (const cut of cuts) {
          shown += stream.push(whole.slice(at, at + cut))
          at += cut
        }
        shown += stream.push(whole.slice(at)) + stream.flush()
        expect(shown.replaceAll('********', '\0')).not.toContain(value)
        expect(shown).toContain('********')
      }),
      { numRuns: 2000 },
    )
  })

  it('shows text at once when it cannot be the start of a secret', () => {
    const r = redactor()
    r.register('hunter2-hunter2')
    const stream = r.stream()
    expect(stream.push('progress 10%\r')).toBe('progress 10%\r')
    expect(stream.push('the word is hunter')).toBe('the word is ')
    expect(stream.push('2-hunter2!')).toBe('********!')
  })

  it('leaves text alone when nothing is registered', () => {
    expect(redactor().text('hello')).toBe('hello')
  })
})
