/** An ECDSA signature as ssh has it: both numbers after their lengths. Crypto libraries answer with DER, which wraps the same two numbers. */

/** DER: SEQUENCE of two INTEGERs; lengths of these curves need one byte, or two with a mark. */
export function ecdsaSignature(der: Buffer): Buffer {
  const start = (der[1] ?? 0) & 0x80 ? 2 + ((der[1] ?? 0) & 0x7f) : 2
  const [r, next] = integer(der, start)
  const [s] = integer(der, next)
  return Buffer.concat([r, s])
}

/** Both forms have the same bytes for a number: big-endian, with a zero in front of a first bit that is set. */
function integer(der: Buffer, at: number): readonly [Buffer, number] {
  const length = der[at + 1] ?? 0
  const size = Buffer.alloc(4)
  size.writeUInt32BE(length)
  const end = at + 2 + length
  return [Buffer.concat([size, der.subarray(at + 2, end)]), end]
}
