/** Extended attributes of a layer: which of them a file system of layers shows, and how EROFS writes them. */

/** What an overlay keeps for itself must not come in with an image; what the machine's security modules say is the machine's business. */
export function keptAttributes(given: ReadonlyMap<string, Buffer> | undefined): ReadonlyMap<string, Buffer> | undefined {
  if (given === undefined) return undefined
  const kept = [...given].filter(([name, value]) => isShown(name) && value.length <= 0xffff && Buffer.byteLength(name) <= 255)
  return kept.length === 0 ? undefined : new Map(kept)
}

function isShown(name: string): boolean {
  if (/^(?:user|trusted)\.overlay\./.test(name)) return false
  return name === 'security.capability' || /^(?:user|trusted)\../.test(name)
}

/** Prefixes are numbers. */
const prefixes: readonly (readonly [string, number])[] = [
  ['user.', 1],
  ['trusted.', 4],
  ['security.', 6],
]

const header = 12

/** The area between an inode and its data; empty without attributes. Sorted, so that equal layers give equal bytes. */
export function encodeAttributes(attributes: ReadonlyMap<string, Buffer>): Buffer {
  if (attributes.size === 0) return Buffer.alloc(0)
  const parts: Buffer[] = [Buffer.alloc(header)]
  for (const [name, value] of [...attributes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [prefix, index] = prefixes.find(([text]) => name.startsWith(text)) ?? ['', 0]
    const rest = Buffer.from(name.slice(prefix.length))
    const entry = Buffer.alloc((4 + rest.length + value.length + 3) & ~3)
    entry.writeUInt8(rest.length, 0)
    entry.writeUInt8(index, 1)
    entry.writeUInt16LE(value.length, 2)
    rest.copy(entry, 4)
    value.copy(entry, 4 + rest.length)
    parts.push(entry)
  }
  return Buffer.concat(parts)
}

export function decodeAttributes(area: Buffer): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>()
  for (let at = header; at + 4 <= area.length; ) {
    const name = at + 4 + area.readUInt8(at)
    const end = name + area.readUInt16LE(at + 2)
    const prefix = prefixes.find(([, index]) => index === area.readUInt8(at + 1))?.[0] ?? ''
    found.set(prefix + area.toString('utf8', at + 4, name), Buffer.from(area.subarray(name, end)))
    at += (end - at + 3) & ~3
  }
  return found
}
