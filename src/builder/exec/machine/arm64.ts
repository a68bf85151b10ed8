/** arm64: arguments in x0 to x5, the call's number in x8, its result in x0; x9 and x10 are ours. */
import { type Assembler, bytesOf, little32 } from './code.ts'

/** movz, then three movk: always four instructions. */
function move(register: number, value: bigint): Uint8Array {
  const bits = BigInt.asUintN(64, value)
  const part = (n: number) => Number((bits >> BigInt(16 * n)) & 0xffffn)
  return bytesOf(...[0, 1, 2, 3].map((n) => little32((n === 0 ? 0xd2800000 : 0xf2800000) | (n << 21) | (part(n) << 5) | register)))
}

export const arm64: Assembler = {
  machine: 183,
  load(argument, value, indirect) {
    const register = argument < 0 ? 8 : argument
    return indirect ? bytesOf(move(register, value), little32(0xf9400000 | (register << 5) | register)) : move(register, value)
  },
  systemCall: () => little32(0xd4000001),
  saveResult: (address) => bytesOf(move(9, address), little32(0xf9000120)),
  // tbz x0, #63
  skipIfFine: (skip) => little32(0xb6f80000 | ((skip / 4 + 1) << 5)),
  // cmn x0, #error; b.eq
  skipIfError: (error, skip) => bytesOf(little32(0xb100001f | (error << 10)), little32(0x54000000 | ((skip / 4 + 1) << 5))),
  // str w10, [x9]; str w0, [x9, #4]
  noteFailure: (address, step) => bytesOf(move(9, address), move(10, BigInt(step)), little32(0xb900012a), little32(0xb9000520)),
  // ldr x9, [x9]; cbz x9
  jumpIfZero: (address, distance) => bytesOf(move(9, address), little32(0xf9400129), little32(0xb4000009 | (((distance / 4 + 1) & 0x7ffff) << 5))),
}
