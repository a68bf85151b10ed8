/** Text of strangers on a terminal: nothing in it moves the cursor, sets titles or rings; cut by the columns it takes, colours kept. */
import stringWidth from 'string-width'

const esc = '\u001b'
const colour = new RegExp(`^${esc}\\[[0-9;:]*m$`)
const colours = new RegExp(`(${esc}\\[[0-9;:]*m)`)
const noColour = new RegExp(`^${esc}\\[[0;]*m$`)

const sequences = new RegExp(
  [
    // What terminals act on as a whole: titles, clipboards, device control. One without an end takes the rest of the line.
    `(?:${esc}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007${esc}\u009c]*(?:\u0007|${esc}\\\\|\u009c|$)`,
    // Colours, moves, modes.
    `(?:${esc}\\[|\u009b)[0-?]*[ -/]*(?:[@-~]|$)`,
    `${esc}[ -/]*[0-~]?`,
  ].join('|'),
  'g',
)
/** What is left of them, and marks that turn the direction of what follows. A colour begins with the only control that stays. */
const controls = new RegExp(`[\u202a-\u202e\u2066-\u2069]|(?!${esc}\\[[0-9;:]*m|\t)\\p{Cc}`, 'gu')
const plain = /^[ -~]*$/
const reset = `${esc}[0m`

/** One line as it may be printed. With `colours` what it sets ends with it. */
export function printable(line: string, o: { readonly colours: boolean }): string {
  if (plain.test(line)) return line
  let coloured = false
  const kept = lastOverwritten(line).replace(sequences, (sequence) => {
    if (!o.colours || !colour.test(sequence)) return ''
    coloured = !noColour.test(sequence)
    return sequence
  })
  const safe = kept.replace(controls, '').replaceAll('\t', '    ')
  return coloured ? `${safe}${reset}` : safe
}

/** Progress that writes its line again and again with carriage returns: what stands there in the end. */
function lastOverwritten(line: string): string {
  const text = line.replace(/\r+$/, '')
  return text.slice(text.lastIndexOf('\r') + 1)
}

/** Columns that a printable text takes. */
export function columnsOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text)
}

/** At most so many columns of a printable text; what is cut is shown by an ellipsis. */
export function clip(text: string, columns: number): string {
  if (columns <= 0) return ''
  if (columnsOf(text) <= columns) return text
  if (plain.test(text)) return `${text.slice(0, columns - 1)}…`
  let room = columns - 1
  let cut = ''
  for (const piece of text.split(colours)) {
    if (colour.test(piece)) cut += piece
    else if (room > 0) {
      const taken = firstColumns(piece, room)
      cut += taken
      room = taken === piece ? room - columnsOf(piece) : 0
      if (room <= 0) cut += '…'
    }
  }
  return cut
}

let graphemes: Intl.Segmenter | undefined

function firstColumns(text: string, columns: number): string {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  let left = columns
  let taken = ''
  for (const { segment } of graphemes.segment(text)) {
    left -= columnsOf(segment)
    if (left < 0) return taken
    taken += segment
  }
  return taken
}

/** Filled up with spaces on the right. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)))
}
