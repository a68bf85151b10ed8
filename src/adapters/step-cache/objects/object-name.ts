/** Names of objects for keys. What begins alike as a key begins alike as a name; nothing in a name means anything to a store or a URL. */

const folder = 'slipway-cache/v1/'
/** Some stores are folders of a disk, whose names have at most 255 bytes: longer ones are cut, always at the same places. */
const pieceLength = 200
const suffix = '.saved'

export function objectName(key: string): string {
  return `${objectPrefix(key)}${suffix}`
}

/** Letters, digits, "." inside a name, "_" and "-" stay; each other byte is "~" with its number. */
export function objectPrefix(key: string): string {
  const whole = [...Buffer.from(key)].map((byte) => shown(byte)).join('')
  return `${folder}${whole.replace(new RegExp(`.{${pieceLength}}(?=.)`, 'g'), '$&/')}`
}

function shown(byte: number): string {
  const letter = String.fromCharCode(byte)
  return /[A-Za-z0-9_-]/.test(letter) ? letter : `~${byte.toString(16).padStart(2, '0')}`
}

/** Undefined for objects of others. */
export function keyOfObject(name: string): string | undefined {
  if (!name.startsWith(folder) || !name.endsWith(suffix)) return undefined
  const middle = name.slice(folder.length, -suffix.length).replaceAll('/', '')
  if (!/^(?:[A-Za-z0-9_-]|~[0-9a-f]{2})*$/.test(middle)) return undefined
  const bytes = [...middle.matchAll(/~([0-9a-f]{2})|(.)/g)].map(([, code, letter = '']) =>
    code === undefined ? letter.charCodeAt(0) : Number.parseInt(code, 16),
  )
  return Buffer.from(bytes).toString('utf8')
}
