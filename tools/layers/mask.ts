/**
 * Blanks what is not code: comments, the insides of strings and regular expressions, the text of templates.
 * Same length and same line breaks as before, so offsets still point into the original.
 */
const beforeRegex = /(?:^|[(,=:[!&|?{;+\-*%~^<>]|\b(?:return|typeof|case|in|of|delete|void|throw|new|await|yield|else|do))\s*$/

export function mask(text: string): string {
  let out = ''
  let at = 0
  const blankTo = (end: number): void => {
    out += text.slice(at, end).replace(/[^\n\r]/g, ' ')
    at = end
  }
  const keepTo = (end: number): void => {
    out += text.slice(at, end)
    at = end
  }
  const quoted = (end: number): void => {
    keepTo(at + 1)
    blankTo(Math.max(at, end - 1))
    keepTo(end)
  }
  // One entry per open `${`: how many plain braces are open inside it.
  const templates: number[] = []
  while (at < text.length) {
    const c = text.charAt(at)
    const two = text.slice(at, at + 2)
    if (two === '//') blankTo(lineEnd(text, at))
    else if (two === '/*') blankTo(after(text, '*/', at + 2))
    else if (c === "'" || c === '"') quoted(stringEnd(text, at, c))
    else if (c === '/' && beforeRegex.test(out.slice(-200))) quoted(regexEnd(text, at))
    else if (c === '`' || (c === '}' && templates.at(-1) === 0)) {
      if (c === '}') templates.pop()
      const end = templateEnd(text, at + 1)
      keepTo(at + 1)
      blankTo(Math.max(at, end.at - (end.opens ? 2 : 1)))
      keepTo(end.at)
      if (end.opens) templates.push(0)
    } else {
      const depth = templates.at(-1)
      if (depth !== undefined && (c === '{' || c === '}')) templates[templates.length - 1] = depth + (c === '{' ? 1 : -1)
      keepTo(at + 1)
    }
  }
  return out
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found === -1 ? text.length : found + mark.length
}

function stringEnd(text: string, from: number, quote: string): number {
  for (let i = from + 1; i < text.length; i++) {
    const c = text.charAt(i)
    if (c === '\\') i++
    else if (c === quote || c === '\n') return i + 1
  }
  return text.length
}

function regexEnd(text: string, from: number): number {
  let inClass = false
  for (let i = from + 1; i < text.length; i++) {
    const c = text.charAt(i)
    if (c === '\\') i++
    else if (c === '[') inClass = true
    else if (c === ']') inClass = false
    else if (c === '\n' || (c === '/' && !inClass)) return i + 1
  }
  return text.length
}

/** Behind the closing back-tick, or behind the `${` that comes first. */
function templateEnd(text: string, from: number): { readonly at: number; readonly opens: boolean } {
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i)
    if (c === '\\') i++
    else if (c === '`') return { at: i + 1, opens: false }
    else if (c === '$' && text.charAt(i + 1) === '{') return { at: i + 2, opens: true }
  }
  return { at: text.length, opens: false }
}
