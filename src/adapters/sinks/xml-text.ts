/** Elements as XML text. What XML forbids, also as a reference, is shown by U+FFFD. */
export interface Xml {
  readonly name: string
  readonly attributes?: Readonly<Record<string, string | number>>
  readonly children?: readonly Xml[]
  readonly text?: string
}

export function xmlText({ name, attributes = {}, children = [], text = '' }: Xml, indent = ''): string {
  const open = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${inAttribute(String(value))}"`)].join(' ')
  if (children.length === 0 && text === '') return `${indent}<${open}/>`
  if (children.length === 0) return `${indent}<${open}>${escaped(text)}</${name}>`
  return [`${indent}<${open}>`, ...children.map((child) => xmlText(child, `${indent}  `)), `${indent}</${name}>`].join('\n')
}

/** Line breaks in attributes would be read as blanks. */
function inAttribute(text: string): string {
  return escaped(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
}

const references: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' }

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"\r]/g, (character) => references[character] ?? character)
}
