/**
 * Which lines of a long list are drawn, and where. Browsers refuse boxes of tens of millions of pixels, so beyond a height the
 * scroll bar is a scale: its ends are the ends of the list, and in between a pixel stands for more than a pixel.
 */

export interface Frame {
  readonly lines: number
  readonly lineHeight: number
  /** Height of what is seen. */
  readonly height: number
}

/** Firefox stops at 17.9 million. */
const tallest = 12_000_000
const spare = 20

export interface LineWindow {
  readonly first: number
  /** Exclusive. */
  readonly end: number
  /** Where the first one is drawn, in the scrolled box. */
  readonly offset: number
}

/** Height of the scrolled box. */
export function boxHeight({ lines, lineHeight }: Frame): number {
  return Math.min(lines * lineHeight, tallest)
}

/** Distance in true pixels that the list is scrolled by. */
function scrolledBy(scrollTop: number, frame: Frame): number {
  const [real, box] = [frame.lines * frame.lineHeight - frame.height, boxHeight(frame) - frame.height]
  if (real <= 0 || box <= 0) return 0
  return Math.min(1, Math.max(0, scrollTop / box)) * real
}

export function lineWindow(scrollTop: number, frame: Frame): LineWindow {
  const top = scrolledBy(scrollTop, frame)
  const first = Math.max(0, Math.floor(top / frame.lineHeight) - spare)
  const end = Math.min(frame.lines, Math.ceil((top + frame.height) / frame.lineHeight) + spare)
  return { first, end, offset: scrollTop - top + first * frame.lineHeight }
}

/** The scroll position that shows a line in the middle. */
export function scrollTopFor(line: number, frame: Frame): number {
  const [real, box] = [frame.lines * frame.lineHeight - frame.height, boxHeight(frame) - frame.height]
  if (real <= 0 || box <= 0) return 0
  const wanted = (line + 0.5) * frame.lineHeight - frame.height / 2
  return (Math.min(real, Math.max(0, wanted)) / real) * box
}

/** Whether the last line is seen. */
export function atEnd(scrollTop: number, frame: Frame): boolean {
  return boxHeight(frame) - frame.height - scrollTop <= frame.lineHeight
}
