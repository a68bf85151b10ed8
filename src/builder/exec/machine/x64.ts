/** x86-64: arguments in rdi, rsi, rdx, r10, r8, r9; the call's number and its result in rax. */
import { type Assembler, bytesOf, little32, little64 } from './code.ts'

/** mov REG, imm64. */
const immediate: readonly (readonly [number, number])[] = [
  [0x48, 0xbf],
  [0x48, 0xbe],
  [0x48, 0xba],
  [0x49, 0xba],
  [0x49, 0xb8],
  [0x49, 0xb9],
]
/** mov REG, [rax]. */
const fromRax: readonly (readonly [number, number, number])[] = [
  [0x48, 0x8b, 0x38],
  [0x48, 0x8b, 0x30],
  [0x48, 0x8b, 0x10],
  [0x4c, 0x8b, 0x10],
  [0x4c, 0x8b, 0x00],
  [0x4c, 0x8b, 0x08],
]
const movRax = (value: bigint) => bytesOf(0x48, 0xb8, little64(value))
const movRbx = (value: bigint) => bytesOf(0x48, 0xbb, little64(value))

export const x64: Assembler = {
  machine: 62,
  load(argument, value, indirect) {
    if (argument < 0) return movRax(value)
    if (indirect) return bytesOf(movRax(value), ...(fromRax[argument] ?? []))
    return bytesOf(...(immediate[argument] ?? []), little64(value))
  },
  systemCall: () => bytesOf(0x0f, 0x05),
  saveResult: (address) => bytesOf(movRbx(address), 0x48, 0x89, 0x03),
  // test rax, rax; jns
  skipIfFine: (skip) => bytesOf(0x48, 0x85, 0xc0, 0x0f, 0x89, little32(skip)),
  // cmp rax, -error; je
  skipIfError: (error, skip) => bytesOf(0x48, 0x83, 0xf8, -error & 0xff, 0x0f, 0x84, little32(skip)),
  // mov dword [rbx], step; mov [rbx+4], eax
  noteFailure: (address, step) => bytesOf(movRbx(address), 0xc7, 0x03, little32(step), 0x89, 0x43, 0x04),
  // cmp qword [rbx], 0; je
  jumpIfZero: (address, distance) => bytesOf(movRbx(address), 0x48, 0x83, 0x3b, 0x00, 0x0f, 0x84, little32(distance)),
}
