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
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)))
}

export function little32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value | 0)
  return bytes
}

export function little64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt.asIntN(64, value))
  return bytes
}
