/** Machine code of a program, for one CPU: bytes that do not depend on addresses in length, so that two passes settle everything. */
export interface Assembler {
  /** ELF machine number. */
  readonly machine: number
  /** Loads the value, or what lies at the address, into the register of the nth argument; n = -1 is the number of the call. */
  load(argument: number, value: bigint, indirect: boolean): Uint8Array
  systemCall(): Uint8Array
  saveResult(address: bigint): Uint8Array
  /** Over the next `skip` bytes when the result is no error. */
  skipIfFine(skip: number): Uint8Array
  /** Over the next `skip` bytes when the result is this error. */
  skipIfError(error: number, skip: number): Uint8Array
  /** Writes the step's number and the result to the address. */
  noteFailure(address: bigint, step: number): Uint8Array
  /** Jumps `distance` bytes, counted from the end of this code, when the value at the address is zero. */
  jumpIfZero(address: bigint, distance: number): Uint8Array
}

export function bytesOf(...parts: readonly (number | Uint8Array)[]): Uint8Array {
  let length = 0
  for (const part of parts) length += typeof part === 'number' ? 1 : part.length
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    if (typeof part === 'number') bytes[at++] = part
    else {
      bytes.set(part, at)
      at += part.length
    }
  }
  return bytes
}

export function little32(value: number): Uint8Array {
  return Uint8Array.of(value, value >> 8, value >> 16, value >> 24)
}

export function little64(value: bigint): Uint8Array {
  const bits = BigInt.asUintN(64, value)
  return bytesOf(little32(Number(bits & 0xffffffffn)), little32(Number(bits >> 32n)))
}
