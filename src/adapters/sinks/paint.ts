/** Colours of the terminal, in one place. NO_COLOR and pipes give plain text. */
export type Style = 'bold' | 'dim' | 'error' | 'warning' | 'info' | 'good' | 'accent'

const sgr: Readonly<Record<Style, string>> = { bold: '1', dim: '2', error: '31', warning: '33', info: '36', good: '32', accent: '35' }

export type Painter = (style: Style, text: string) => string

export function painter(colour: boolean): Painter {
  return colour ? (style, text) => `\u001b[${sgr[style]}m${text}\u001b[0m` : (_style, text) => text
}
