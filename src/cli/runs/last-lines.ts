/** Keeps the last lines of a text that comes in pieces, and little more than them. */
export interface LastLines {
  push(text: string): void
  /** A last line without its end counts as one. */
  take(): string
}

export function lastLines(count: number): LastLines {
  let pieces: { readonly text: string; readonly ends: number }[] = []
  let ends = 0
  return {
    push(text) {
      const piece = { text, ends: text.split('\n').length - 1 }
      pieces.push(piece)
      ends += piece.ends
      let spare = 0
      for (let first = pieces[0]; first !== undefined && ends - first.ends > count; first = pieces[++spare]) ends -= first.ends
      if (spare > 0) pieces = pieces.slice(spare)
    },
    take() {
      const whole = pieces.map(({ text }) => text).join('')
      const tail = whole.endsWith('\n') ? '\n' : ''
      const lines = (tail === '' ? whole : whole.slice(0, -1)).split('\n')
      return count === 0 || whole === '' ? '' : lines.slice(-count).join('\n') + tail
    },
  }
}
