/** A line of a terminal's output as pieces with looks: colours and weights of SGR sequences; every other sequence is dropped. Never HTML. */

export interface Look {
  /** 0–15, an index of 256, or `#rrggbb`. */
  readonly ink?: number | string
  readonly paper?: number | string
  readonly bold?: true
  readonly faint?: true
  readonly italic?: true
  readonly underline?: true
  readonly struck?: true
  readonly inverse?: true
}

export interface Piece {
  readonly text: string
  readonly look: Look
}

export interface Parsed {
  readonly pieces: readonly Piece[]
  /** With which the next line begins. */
  readonly look: Look
}

export const plain: Look = {}

const [esc, bell] = [String.fromCharCode(27), String.fromCharCode(7)]
// CSI … final, OSC … BEL or ST, and two-character escapes.
const sequence = new RegExp(`${esc}(?:\\[([0-?]*)[ -/]*([@-~])|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)?|[@-Z\\\\^_=>a-z])`, 'g')
// What a terminal does not show. A tab stays.
const unprintable = /[^\P{Cc}\t]/gu

export function parseAnsi(line: string, begin: Look = plain): Parsed {
  const shown = overwritten(line)
  if (!shown.includes(esc)) return { pieces: shown === '' ? [] : [{ text: shown.replace(unprintable, ''), look: begin }], look: begin }
  const pieces: Piece[] = []
  let look = begin
  let at = 0
  const push = (text: string): void => {
    const clean = text.replace(unprintable, '')
    if (clean !== '') pieces.push({ text: clean, look })
  }
  for (const match of shown.matchAll(sequence)) {
    push(shown.slice(at, match.index))
    at = match.index + match[0].length
    if (match[2] === 'm') look = applySgr(look, match[1] ?? '')
  }
  push(shown.slice(at))
  return { pieces, look }
}

/** The text without any sequence, as a search sees it. */
export function plainText(line: string): string {
  return parseAnsi(line)
    .pieces.map(({ text }) => text)
    .join('')
}

/** Progress that writes its line again and again: what came after the last carriage return. */
function overwritten(line: string): string {
  const end = line.endsWith('\r') ? line.length - 1 : line.length
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end)
}

type Change = (look: Look) => Look

const off =
  (...keys: readonly (keyof Look)[]): Change =>
  (look) =>
    Object.fromEntries(Object.entries(look).filter(([key]) => !keys.includes(key as keyof Look)))
const on =
  (more: Look): Change =>
  (look) => ({ ...look, ...more })

const changes: Readonly<Record<number, Change>> = {
  0: () => plain,
  1: on({ bold: true }),
  2: on({ faint: true }),
  3: on({ italic: true }),
  4: on({ underline: true }),
  7: on({ inverse: true }),
  9: on({ struck: true }),
  21: off('bold'),
  22: off('bold', 'faint'),
  23: off('italic'),
  24: off('underline'),
  27: off('inverse'),
  29: off('struck'),
  39: off('ink'),
  49: off('paper'),
}

function applySgr(before: Look, parameters: string): Look {
  const numbers = parameters.split(/[;:]/).map((part) => (part === '' ? 0 : Number(part)))
  let look = before
  for (let i = 0; i < numbers.length; i++) {
    const n = numbers[i] ?? 0
    if (n === 38 || n === 48) {
      const { colour, used } = longColour(numbers.slice(i + 1))
      if (colour !== undefined) look = n === 38 ? { ...look, ink: colour } : { ...look, paper: colour }
      i += used
    } else look = shortColour(look, n) ?? changes[n]?.(look) ?? look
  }
  return look
}

function shortColour(look: Look, n: number): Look | undefined {
  if (n >= 30 && n <= 37) return { ...look, ink: n - 30 }
  if (n >= 40 && n <= 47) return { ...look, paper: n - 40 }
  if (n >= 90 && n <= 97) return { ...look, ink: n - 82 }
  if (n >= 100 && n <= 107) return { ...look, paper: n - 92 }
  return undefined
}

function longColour([kind, a = 0, b = 0, c = 0]: readonly number[]): { readonly colour?: number | string; readonly used: number } {
  if (kind === 5) return a >= 0 && a <= 255 ? { colour: a < 16 ? a : hex256(a), used: 2 } : { used: 2 }
  if (kind === 2) return { colour: hex(a, b, c), used: 4 }
  return { used: 1 }
}

function hex256(n: number): string {
  if (n >= 232) return hex(...([0, 0, 0].map(() => 8 + (n - 232) * 10) as [number, number, number]))
  const level = (part: number): number => (part === 0 ? 0 : 55 + part * 40)
  const index = n - 16
  return hex(level(Math.floor(index / 36)), level(Math.floor(index / 6) % 6), level(index % 6))
}

function hex(...parts: readonly [number, number, number]): string {
  return `#${parts.map((part) => Math.min(255, Math.max(0, part)).toString(16).padStart(2, '0')).join('')}`
}
