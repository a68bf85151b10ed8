/** The flat XML that object stores answer with: elements by name, in order. It has no attributes that matter, no comments and no CDATA. */

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** What stands inside of each element of that name, as it was written. */
export function elements(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(([, inside = '']) => inside)
}

export function elementText(xml: string, name: string): string | undefined {
  const [inside] = elements(xml, name)
  return inside === undefined ? undefined : unescaped(inside)
}

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return decimal === undefined ? (named[name] ?? whole) : String.fromCodePoint(Number(decimal))
  })
}
