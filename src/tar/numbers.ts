/** Numbers in tar headers: octal text, GNU base-256, and PAX decimal times. */
import { problem } from '../base/problem.ts'

/** Whether octal text of a field of this width (with its closing NUL) can hold the value. */
export function fitsOctal(value: number | bigint, width: number): boolean {
  return value >= 0 && value < 8n ** BigInt(width - 1)
}

export function writeOctal(block: Buffer, value: number | bigint, offset: number, width: number): void {
  block.write(value.toString(8).padStart(width - 1, '0'), offset, width - 1, 'latin1')
}

/** Octal text, or GNU base-256 when the first bit is set. `where` is the block's place in the archive. */
export function readNumber(block: Buffer, offset: number, width: number, where: number): number {
  const value = readBig(block, offset, width, where)
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
    throw problem('TAR_CORRUPT', { offset: where + offset, reason: `the number ${value} is too large` })
  }
  return Number(value)
}

function readBig(block: Buffer, offset: number, width: number, where: number): bigint {
  const first = block[offset] ?? 0
  if ((first & 0x80) !== 0) {
    const negative = (first & 0x40) !== 0
    let value = negative ? -1n : 0n
    for (let i = 0; i < width; i++) {
      const byte = block[offset + i] ?? 0
      value = (value << 8n) | BigInt(i === 0 ? (negative ? byte | 0x80 : byte & 0x7f) : byte)
    }
    return value
  }
  let end = offset + width
  const nul = block.indexOf(0, offset)
  if (nul >= offset && nul < end) end = nul
  const text = block.toString('latin1', offset, end).trim()
  if (text === '') return 0n
  if (!/^[0-7]+$/.test(text)) throw problem('TAR_CORRUPT', { offset: where + offset, reason: `${JSON.stringify(text)} is not an octal number` })
  return BigInt(`0o${text}`)
}

const second = 1_000_000_000n

/** `-1.5`: seconds with as many digits as needed. */
export function showPaxTime(ns: bigint): string {
  const size = ns < 0n ? -ns : ns
  const fraction = (size % second).toString().padStart(9, '0').replace(/0+$/, '')
  return `${ns < 0n ? '-' : ''}${size / second}${fraction === '' ? '' : `.${fraction}`}`
}

/** More than nine digits are cut: nanoseconds are what file systems keep. */
export function readPaxTime(text: string, offset: number): bigint {
  const parts = /^(-?)([0-9]{1,18})(?:\.([0-9]*))?$/.exec(text)
  if (parts === null) throw problem('TAR_CORRUPT', { offset, reason: `"${text.slice(0, 40)}" is not a time` })
  const size = BigInt(parts[2] ?? '0') * second + BigInt((parts[3] ?? '').slice(0, 9).padEnd(9, '0'))
  return parts[1] === '-' ? -size : size
}
