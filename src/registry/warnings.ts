/** What a registry wants people to know: `Warning: 299 - "text"`, as the specification's section Warnings has it. */

const most = 4096

/** Only texts of that form, without control characters. They are shown, never acted upon. */
export function warningsOf(headers: readonly string[]): readonly string[] {
  const all = headers.join(', ').slice(0, most)
  return [...all.matchAll(/(?:^|,)\s*299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1').replace(/\p{Cc}/gu, ' '))
}
