/** The output of a step that is told a second time from its first byte on: what was told already is left out. Pieces may be others than then. */

export interface PieceTold {
  readonly seq: number
  readonly text: string
}

/** Some of what was told after this number, in order; none: that was all. */
export type ReadOutput = (after: number) => Promise<readonly PieceTold[]>

export interface OutputTold {
  /** What of the text goes on where the earlier telling ended. */
  untold(text: string): Promise<string>
}

export function outputTold(read: ReadOutput): OutputTold {
  let rest = ''
  let after = 0
  let over = false
  const more = async (): Promise<void> => {
    const pieces = await read(after)
    rest = pieces.map(({ text }) => text).join('')
    after = pieces.at(-1)?.seq ?? after
    over = pieces.length === 0
  }
  return {
    async untold(given) {
      let text = given
      while (!over && text !== '') {
        if (rest === '') {
          await more()
          continue
        }
        const same = commonLength(text, rest)
        if (same < Math.min(text.length, rest.length)) {
          // Something else than then: rather a line twice than one too few.
          over = true
          return text.slice(text.lastIndexOf('\n', same - 1) + 1)
        }
        text = text.slice(same)
        rest = rest.slice(same)
      }
      return text
    },
  }
}

function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  if (a.slice(0, most) === b.slice(0, most)) return most
  let same = 0
  while (same < most && a[same] === b[same]) same++
  return same
}
