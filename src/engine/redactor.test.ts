import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mask } from './masks.ts'
import { type Redactor, redactor } from './redactor.ts'

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8')

/** Whole lines of 76, as `base64` prints them. */
const wrapped = (text: string): string => text.replace(/.{76}/g, '$&\n')

/** How programs write a text into another; `front` and `back` stand around it before it is encoded. */
const encodings: Readonly<Record<string, (text: string, front: string, back: string) => string>> = {
  raw: (text, front, back) => front + text + back,
  'JSON.stringify': (text, front, back) => JSON.stringify({ front, text, back }),
  'JSON in ASCII': (text, front) => JSON.stringify([front, text]).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'JSON with escaped slashes': (text, front) => JSON.stringify([front, text]).replaceAll('/', '\\/'),
  'a part of a URL': (text, front, back) => encodeURIComponent((front + text + back).toWellFormed()),
  'a part of a URL, small digits': (text, front) => encodeURIComponent((front + text).toWellFormed()).replace(/%../g, (code) => code.toLowerCase()),
  'a form': (text) => new URLSearchParams({ text }).toString(),
  base64: (text, front, back) => utf8(front + text + back).toString('base64'),
  'base64 in lines': (text, front, back) => wrapped(utf8(front + text + back).toString('base64')),
  base64url: (text, front, back) => utf8(front + text + back).toString('base64url'),
  hex: (text, front, back) => utf8(front + text + back).toString('hex'),
  'hex in capitals': (text) => utf8(text).toString('hex').toUpperCase(),
}

/** The letters of the encoded text that say something of the secret and of nothing else. */
function ownOf(name: string, secret: string, front: string, back: string): string {
  if (name.startsWith('JSON')) return (encodings[name]?.(secret, '', '') ?? '').replace(/^\{"front":"","text":"|^\["","|","back":""\}$|"\]$/g, '')
  if (name === 'a form') return new URLSearchParams({ '': secret }).toString().slice(1)
  if (!name.startsWith('base64')) return encodings[name]?.(secret, '', '') ?? ''
  const [before, length] = [utf8(front).length, utf8(secret).length]
  const letters = utf8(front + secret + back).toString(name === 'base64url' ? 'base64url' : 'base64')
  return letters.slice(Math.ceil((before * 8) / 6), Math.floor(((before + length) * 8) / 6))
}

const character = fc.oneof(
  fc.constantFrom('a', 'b', ' ', '/', '+', '%', '"', "'", '\\', '=', 'é', '\u20ac', '😀'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const secretText = fc.string({ unit: character, minLength: 6, maxLength: 60 }).filter((s) => s.trim().length >= 6 && s.isWellFormed())
const filler = fc.string({ unit: fc.oneof(character, fc.constant('\n')), maxLength: 90 }).filter((s) => s.isWellFormed())
const cuts = fc.array(fc.nat(40), { minLength: 1, maxLength: 40 })

/** What is shown when the bytes come in pieces; what is left after the last cut comes byte by byte, or at once. */
function shown(r: Redactor, bytes: Uint8Array, pieces: readonly number[]): string {
  const stream = r.stream()
  let text = ''
  let at = 0
  for (const piece of pieces) {
    text += stream.push(bytes.subarray(at, at + piece))
    at += piece
  }
  return text + stream.push(bytes.subarray(at)) + stream.flush()
}

function knowing(...secrets: readonly string[]): Redactor {
  const r = redactor()
  for (const secret of secrets) r.register(secret)
  return r
}

describe('redactor', () => {
  it.each([
    ['as it is', 'pa$$ wörd'],
    ['a line of it', 'second-line'],
    ['in JSON', 'say \\"hi\\" there'],
    ['in a URL', 'pa%24%24%20w%C3%B6rd'],
    ['in a URL with small digits', 'pa%24%24%20w%c3%b6rd'],
    ['in a form', 'pa%24%24+w%C3%B6rd'],
    ['in JSON of ASCII', 'pa$$ w\\u00f6rd'],
    ['in hexadecimal digits', utf8('second-line').toString('hex')],
    ['in XML', 'say &quot;hi&quot; there'],
    ['in quotes of a shell', 'say \\"hi\\" there'],
  ])('masks a secret %s', (_how, text) => {
    expect(knowing('pa$$ wörd\nsecond-line\nsay "hi" there').text(`before ${text} after`)).toBe(`before ${mask} after`)
  })

  it('masks a secret at any place of a longer text in base64', () => {
    const r = knowing('second-line')
    for (const front of ['', 'u', 'u:']) {
      for (const alphabet of ['base64', 'base64url'] as const) {
        const shownText = r.text(utf8(`${front}second-line`).toString(alphabet))
        expect(shownText).toContain(mask)
        expect(Buffer.from(shownText.split(mask)[1] ?? '', 'base64').length).toBeLessThan(2)
      }
    }
  })

  it('masks the lines of a key inside a JSON document, and leaves its first and last line', () => {
    const lines = ['-----BEGIN PRIVATE KEY-----', 'MIIEvgIBADANBgkqhkiG9w0B', 'AQEFAASCBKgwggSkAgEAAo==', '-----END PRIVATE KEY-----']
    const r = knowing(JSON.stringify({ type: 'service_account', private_key: `${lines.join('\n')}\n` }, null, 2))
    expect(r.text(lines.join('\n'))).toBe(mask)
    expect(r.text(`${lines[0]}\n${lines[2]}`)).toBe(`${lines[0]}\n${mask}`)
    expect(r.text('service_account')).toBe('service_account')
  })

  it('covers secrets that overlap wholly, with one mask', () => {
    expect(knowing('abcdef', 'efghij').text('<abcdefghij>')).toBe(`<${mask}>`)
  })

  it('shows no secret in any encoding, however the output is cut into chunks', () => {
    fc.assert(
      fc.property(secretText, filler, filler, cuts, fc.constantFrom(...Object.keys(encodings)), (secret, front, back, pieces, name) => {
        const encode = encodings[name]
        if (encode === undefined) throw new Error(name)
        const r = knowing(secret)
        const whole = encode(secret.trim(), front, back)
        const own = ownOf(name, secret.trim(), front, back)
        expect(whole.replaceAll('\n', ''), name).toContain(own.replaceAll('\n', ''))
        const text = shown(r, utf8(whole), pieces)
        expect(text, name).toContain(mask)
        expect(text.replaceAll(mask, '\0').replaceAll('\n', ''), name).not.toContain(own.replaceAll('\n', ''))
      }),
      { numRuns: 1000 },
    )
  })

  it('shows the same, however the output is cut into chunks', () => {
    const narrow = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 4, maxLength: 9 })
    const encoded = fc.stringMatching(/^[ab]{50,70}\r?\n[ab]{0,90}$/)
    fc.assert(
      fc.property(
        fc.array(narrow, { minLength: 1, maxLength: 3 }),
        fc.array(fc.oneof(narrow, encoded, fc.constant('é\n')), { maxLength: 8 }),
        cuts,
        (secrets, texts, pieces) => {
          const r = knowing(...secrets)
          // Base64 of a short secret, so that line breaks inside of it matter.
          const bytes = utf8(texts.join('') + wrapped(utf8(`${texts[0] ?? ''}${secrets[0]}${texts[1] ?? ''}`).toString('base64')))
          expect(shown(r, bytes, pieces)).toBe(shown(r, bytes, []))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('finds what a search for each spelling by itself finds', () => {
    const narrow = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 4, maxLength: 7 })
    fc.assert(
      fc.property(
        fc.array(narrow, { minLength: 1, maxLength: 6 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 60 }),
        (secrets, text) => {
          const hidden = Array.from(text, () => false)
          for (const secret of secrets)
            for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1)) hidden.fill(true, at, at + secret.length)
          const kept = knowing(...secrets)
            .text(text)
            .replaceAll(mask, '')
          expect(kept).toBe(
            Array.from(text)
              .filter((_, i) => hidden[i] !== true)
              .join(''),
          )
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('masks what it learns while output is under way', () => {
    const r = redactor()
    const stream = r.stream()
    expect(stream.push(utf8('before hunter2 '))).toBe('before hunter2 ')
    r.register('hunter2-hunter2')
    expect(stream.push(utf8('after hunter2-')) + stream.push(utf8('hunter2.'))).toBe(`after ${mask}.`)
  })

  it('shows text at once when it cannot be the start of a secret', () => {
    const stream = knowing('hunter2-hunter2').stream()
    expect(stream.push(utf8('progress 10%\r'))).toBe('progress 10%\r')
    expect(stream.push(utf8('the word is hunter'))).toBe('the word is ')
    expect(stream.push(utf8('2-hunter2!'))).toBe(`${mask}!`)
  })

  it('holds no more than the length of a secret of output that repeats', () => {
    const stream = knowing('aaaaaaaa').stream()
    const out = Array.from({ length: 200 }, () => stream.push(utf8('a'.repeat(1000)))).join('')
    expect(out).toBe(mask)
    expect(stream.push(utf8('!done'))).toBe('!done')
  })

  it('keeps characters whole that are cut in two, and shows a half one before a secret as such', () => {
    const stream = knowing('hunter2-hunter2').stream()
    const euro = utf8('€')
    expect(stream.push(euro.subarray(0, 1)) + stream.push(euro.subarray(1))).toBe('€')
    expect(stream.push(Buffer.concat([euro.subarray(0, 2), utf8('hunter2-hunter2')]))).toBe(`\ufffd${mask}`)
  })

  it('leaves text alone when nothing is registered, and text that is no good Unicode when nothing is found', () => {
    expect(redactor().text('hello')).toBe('hello')
    expect(knowing('hunter2').text('a \ud800 half')).toBe('a \ud800 half')
  })

  it('masks a secret of one to three characters only where it stands alone', () => {
    const r = knowing('42')
    expect(r.text('42')).toBe(mask)
    expect(r.text('port 4242')).toBe('port 4242')
  })
})
