/** Whether a program was made with Go: by the note that holds its build ID, or by the build information at the start of its data. */

const elf = Buffer.from('\x7fELF', 'latin1')
const buildInformation = Buffer.from('\xff Go buildinf:', 'latin1')
const noteName = Buffer.from('Go\0\0', 'latin1')
const headBytes = 4096
/** How far into the data the information may stand. */
const searched = 64 * 1024

export async function isGoProgram(body: AsyncIterable<Buffer>): Promise<boolean> {
  const head: Buffer[] = []
  const data: Buffer[] = []
  let have = 0
  let dataAt: number | undefined
  for await (const chunk of body) {
    const from = have
    have += chunk.length
    if (dataAt === undefined) {
      head.push(chunk)
      if (have < headBytes) continue
      const first = Buffer.concat(head)
      const found = judgeHead(first)
      if (typeof found === 'boolean') return found
      dataAt = found.dataAt
      data.push(first.subarray(dataAt))
    } else if (have > dataAt) data.push(chunk.subarray(Math.max(0, dataAt - from)))
    if (have >= dataAt + searched) break
  }
  return Buffer.concat(data).includes(buildInformation)
}

function judgeHead(head: Buffer): boolean | { readonly dataAt: number } {
  if (!head.subarray(0, 4).equals(elf)) return false
  const { notes, dataAt } = segmentsOf(head)
  if (notes.some(({ offset, size }) => head.subarray(offset, offset + size).includes(noteName))) return true
  return dataAt === undefined ? false : { dataAt }
}

interface Segments {
  readonly notes: readonly { readonly offset: number; readonly size: number }[]
  /** Where the first writable segment is in the file. */
  readonly dataAt: number | undefined
}

const [loaded, note] = [1, 4]
const writable = 2

/** The program headers, of 32 and 64 bits, in either byte order. */
function segmentsOf(head: Buffer): Segments {
  const wide = head[4] === 2
  const little = head[5] === 1
  const half = (at: number): number => (at + 2 > head.length ? 0 : little ? head.readUInt16LE(at) : head.readUInt16BE(at))
  const word = (at: number): number => (at + 4 > head.length ? 0 : little ? head.readUInt32LE(at) : head.readUInt32BE(at))
  const long = (at: number): number => {
    if (!wide) return word(at)
    return at + 8 > head.length ? 0 : Number(little ? head.readBigUInt64LE(at) : head.readBigUInt64BE(at))
  }
  const table = long(wide ? 32 : 28)
  const [size, count] = [half(wide ? 54 : 42), half(wide ? 56 : 44)]
  const notes: { offset: number; size: number }[] = []
  let dataAt: number | undefined
  for (let i = 0; i < Math.min(count, 64) && size > 0; i++) {
    const at = table + i * size
    if (at + size > head.length) break
    const flags = word(wide ? at + 4 : at + 24)
    const offset = long(wide ? at + 8 : at + 4)
    if (word(at) === note) notes.push({ offset, size: long(wide ? at + 32 : at + 16) })
    if (word(at) === loaded && (flags & writable) !== 0) dataAt ??= offset
  }
  return { notes, dataAt }
}
