/** Keys of a terminal one by one, without showing them; Ctrl-C means what it means elsewhere. */
import type { Readable } from 'node:stream'

export interface Keyboard {
  /** Until the function answered is called; then the terminal is as it was. */
  listen(onKey: (key: string) => void): () => void
}

export interface TerminalInput extends Readable {
  setRawMode?(raw: boolean): unknown
}

const ctrlC = '\u0003'

export function keyboard(input: TerminalInput, interrupt: () => void): Keyboard {
  return {
    listen(onKey) {
      const onData = (chunk: Buffer | string): void => {
        // Arrows and the like begin with an escape and are no answer.
        for (const key of chunk.toString().startsWith('\u001b') ? '' : chunk.toString()) {
          if (key === ctrlC) interrupt()
          else onKey(key)
        }
      }
      input.setRawMode?.(true)
      input.on('data', onData)
      input.resume()
      return () => {
        input.off('data', onData)
        input.setRawMode?.(false)
        input.pause()
      }
    },
  }
}
