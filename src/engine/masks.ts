/** The spellings of a secret that must not be seen: as it is, per line, JSON-, URL- and base64-encoded (at all three offsets). */
const shortest = 4

/** Longest first, so that the whole secret is masked before a part of it. Text shorter than 4 characters would mask half the log: left alone. */
export function spellings(secret: string): readonly string[] {
  const forms = new Set<string>()
  for (const text of [secret, ...secret.split(/\r?\n/).map((line) => line.trim())]) {
    if (text.length < shortest) continue
    forms.add(text)
    forms.add(JSON.stringify(text).slice(1, -1))
    forms.add(encodeURIComponent(text.toWellFormed()))
    for (const form of base64Forms(text)) forms.add(form)
  }
  return [...forms].filter((form) => form.length >= shortest).sort((a, b) => b.length - a.length)
}

/** Inside a longer base64 text a secret starts at offset 0, 1 or 2 of a 3-byte group: the characters wholly its own are the same wherever it stands. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8')
  const forms: string[] = []
  for (const offset of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const first = Math.ceil((offset * 8) / 6)
    const last = Math.floor(((offset + bytes.length) * 8) / 6)
    const own = whole.slice(first, last)
    if (own.length >= shortest) forms.push(own, own.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return forms
}
