/** The spellings of a secret that must not be seen: as it is, per line, and as programs escape and encode it. */
export const mask = '********'
const shortest = 4

/** Text of one to three characters is everywhere: masking it would mask half the log. */
export function isMaskable(secret: string): boolean {
  return secret.trim().length >= shortest
}

export interface Spellings {
  readonly plain: ReadonlySet<string>
  /** Those that programs break into lines of equal length. */
  readonly wrapped: ReadonlySet<string>
}

export function spellings(secret: string): Spellings {
  const plain = new Set<string>()
  const wrapped = new Set<string>()
  for (const text of parts(secret)) {
    for (const form of [text, ...jsonForms(text), ...urlForms(text), ...quotedForms(text)]) plain.add(form)
    for (const form of [...base64Forms(text), ...hexForms(text)]) wrapped.add(form)
  }
  return { plain: longEnough(plain), wrapped: longEnough(wrapped) }
}

function longEnough(forms: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...forms].filter((form) => form.length >= shortest))
}

/** The whole and each line; of a JSON document also the lines of keys and certificates in it. Their first and last lines hide nothing. */
function parts(secret: string): ReadonlySet<string> {
  const texts = [secret, ...textsWithLines(secret)].map((text) => text.trim())
  const lines = texts.flatMap((text) => text.split(/\r?\n/)).map((line) => line.trim())
  return new Set([...texts, ...lines].filter((text) => isMaskable(text) && !/^-----(?:BEGIN|END) [\w ]+-----$/.test(text)))
}

function textsWithLines(secret: string): readonly string[] {
  if (!/^\s*[[{]/.test(secret)) return []
  const found: string[] = []
  try {
    JSON.parse(secret, (_key, value: unknown) => {
      if (typeof value === 'string' && value.includes('\n')) found.push(value)
    })
  } catch {
    // Text in braces that is no JSON has no texts inside.
  }
  return found
}

/** As JSON.stringify writes it, with slashes escaped, in ASCII only, and with the characters of HTML escaped. */
function jsonForms(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1)
  const slashes = plain.replaceAll('/', '\\/')
  const html = plain.replace(/[<>&\u2028\u2029]/g, unicodeEscape)
  const ascii = [plain, html].map((form) => form.replace(/[^ -~]/g, unicodeEscape))
  return [plain, slashes, html, ...ascii, ...ascii.map((form) => form.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`))]
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** As a part of a URL, as a path, as a whole URL, as a form; libraries differ in what they leave alone and in the case of digits. */
function urlForms(text: string): readonly string[] {
  const whole = text.toWellFormed()
  const part = encodeURIComponent(whole)
  const strict = part.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  const upper = [part, strict, strict.replaceAll('~', '%7E'), strict.replaceAll('%2F', '/'), encodeURI(whole)]
  const forms = upper.flatMap((form) => [form, form.replaceAll('%20', '+'), form.replaceAll('%2A', '*').replaceAll('%20', '+')])
  return [...forms, ...forms.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))]
}

/** Inside quotes of a shell, as `set -x` prints it, and in XML. */
function quotedForms(text: string): readonly string[] {
  const xml = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return [text.replaceAll("'", "'\\''"), text.replace(/[\\"$`]/g, '\\$&'), xml, xml.replaceAll('"', '&quot;').replaceAll("'", '&apos;')]
}

/** Inside a longer base64 text a secret starts at offset 0, 1 or 2 of a 3-byte group: the characters wholly its own are the same wherever it stands. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8')
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    const own = whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function hexForms(text: string): readonly string[] {
  const lower = Buffer.from(text, 'utf8').toString('hex')
  return [lower, lower.toUpperCase()]
}
