/** --chmod: an octal number, or symbolic changes as the chmod program takes them. */
export type ModeChange = (mode: number, folder: boolean) => number

const clause = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/
const whoBits: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007 }
const permissionBits: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 }

/** Undefined: no mode. */
export function parseMode(text: string): ModeChange | undefined {
  if (/^[0-7]{1,12}$/.test(text)) {
    const mode = Number.parseInt(text, 8)
    return mode > 0o7777 ? undefined : () => mode
  }
  const changes: ModeChange[] = []
  for (const part of text.split(',')) {
    const match = clause.exec(part)
    if (match === null) return undefined
    for (const [, operator = '', permissions = ''] of (match[2] ?? '').matchAll(/([-+=])([rwxXst]*|[ugo])(?=[-+=]|$)/g)) {
      changes.push(symbolic(match[1] ?? '', operator, permissions))
    }
  }
  return changes.length === 0 ? undefined : (mode, folder) => changes.reduce((before, change) => change(before, folder), mode)
}

function symbolic(who: string, operator: string, permissions: string): ModeChange {
  const letters = who === '' || who.includes('a') ? ['u', 'g', 'o'] : [...who]
  const scope = letters.reduce((bits, letter) => bits | (whoBits[letter] ?? 0), 0)
  return (mode, folder) => {
    const bits = scope & wanted(permissions, mode, folder)
    if (operator === '+') return mode | bits
    return operator === '-' ? mode & ~bits : (mode & ~(scope & 0o777)) | bits
  }
}

function wanted(permissions: string, mode: number, folder: boolean): number {
  if (/^[ugo]$/.test(permissions)) {
    const own = (mode >> ({ u: 6, g: 3, o: 0 }[permissions] ?? 0)) & 7
    return own * 0o111
  }
  let bits = 0
  for (const letter of permissions) {
    if (letter === 'X') bits |= folder || (mode & 0o111) !== 0 ? 0o111 : 0
    else bits |= permissionBits[letter] ?? 0
  }
  return bits
}
