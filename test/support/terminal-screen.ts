/** A terminal as people see it: what is written goes through a real emulator, and is read back as lines of text. */
import xterm from '@xterm/headless'

export interface TerminalScreen {
  readonly columns: number
  readonly rows: number
  readonly colour: boolean
  write(text: string): Promise<void>
  /** What stands on the screen and above it, without the empty lines at the end. */
  lines(): Promise<readonly string[]>
  /** What stands on the screen alone. */
  visible(): Promise<readonly string[]>
  /** Of the first cell of a line of the screen: number of its colour, -1 for none. */
  colourAt(row: number, column: number): Promise<number>
  resize(columns: number, rows: number): void
  readonly titles: readonly string[]
  cursorVisible(): Promise<boolean>
  dispose(): void
}

export function terminalScreen(o: { readonly columns: number; readonly rows: number; readonly colour?: boolean }): TerminalScreen {
  const terminal = new xterm.Terminal({ cols: o.columns, rows: o.rows, allowProposedApi: true, scrollback: 1_000 })
  const titles: string[] = []
  terminal.onTitleChange((title) => titles.push(title))
  let all = ''
  const write = (text: string): Promise<void> => {
    all += text
    // A line break alone is what the driver of a terminal makes two of.
    return new Promise((resolve) => terminal.write(text.replaceAll(/\r?\n/g, '\r\n'), resolve))
  }
  const read = (from: number): readonly string[] => {
    const { active } = terminal.buffer
    const lines = Array.from({ length: active.length - from }, (_none, i) => active.getLine(from + i)?.translateToString(true) ?? '')
    return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1)
  }
  return {
    get columns() {
      return terminal.cols
    },
    get rows() {
      return terminal.rows
    },
    colour: o.colour ?? false,
    write,
    async lines() {
      await write('')
      return read(0)
    },
    async visible() {
      await write('')
      return read(terminal.buffer.active.baseY)
    },
    async colourAt(row, column) {
      await write('')
      return (
        terminal.buffer.active
          .getLine(terminal.buffer.active.baseY + row)
          ?.getCell(column)
          ?.getFgColor() ?? -1
      )
    },
    resize: (columns, rows) => terminal.resize(columns, rows),
    titles,
    async cursorVisible() {
      await write('')
      return all.lastIndexOf('\u001b[?25h') >= all.lastIndexOf('\u001b[?25l')
    },
    dispose: () => terminal.dispose(),
  }
}
