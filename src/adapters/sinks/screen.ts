/** A picture at the end of what a terminal shows, drawn over itself. Text for good goes above it. Lines that did not change are not written. */
import { columnsOf } from '../../text/terminal-text.ts'
import type { Output } from './output.ts'

export interface Screen {
  /** The picture as it is now. Left out while the terminal has not taken the last one. */
  draw(lines: readonly string[]): void
  /** Text that stays, above the picture. */
  print(text: string): Promise<void>
  /** The picture stays as it is; the cursor is given back. */
  end(): void
}

/** Terminals that know it show all at once; others ignore it. */
const [begin, flush] = ['\u001b[?2026h', '\u001b[?2026l']
const [hide, show] = ['\u001b[?25l', '\u001b[?25h']
const toEndOfLine = '\u001b[K'
const toEndOfScreen = '\u001b[J'

export function screen(out: Output): Screen {
  let drawn: readonly string[] = []
  let { columns, rows } = out
  let busy = false
  let giveBack: (() => void) | undefined

  /** To the first line of the picture. A terminal that became narrower has broken its long lines. */
  const home = (): string => {
    const lines = out.columns === columns ? drawn.length : drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(columnsOf(line) / (out.columns ?? 80))), 0)
    return lines === 0 ? '\r' : `\u001b[${lines}A\r`
  }
  const send = async (text: string): Promise<void> => {
    busy = true
    await out.write(text)
    busy = false
  }
  return {
    draw(lines) {
      const resized = out.columns !== columns || out.rows !== rows
      const same = !resized && lines.length === drawn.length && lines.every((line, i) => line === drawn[i])
      if (busy || same) return
      giveBack ??= out.atExit?.(show)
      const body = lines.map((line, i) => (!resized && line === drawn[i] ? '\r\n' : `${line}${toEndOfLine}\r\n`)).join('')
      const picture = `${begin}${hide}${home()}${resized ? toEndOfScreen : ''}${body}${toEndOfScreen}${flush}`
      drawn = lines
      columns = out.columns
      rows = out.rows
      void send(picture)
    },
    print(text) {
      const above = `${begin}${home()}${toEndOfScreen}${text.replaceAll('\n', '\r\n')}${flush}`
      drawn = []
      return send(above)
    },
    end() {
      void out.write(show)
      giveBack?.()
      drawn = []
    },
  }
}
