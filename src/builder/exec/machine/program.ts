/** Steps to a static ELF program: one segment that holds headers, code and data. */
import { arm64 } from './arm64.ts'
import { type Assembler, bytesOf } from './code.ts'
import { type Argument, type Board, type CallStep, reportDescriptor, type Step } from './step.ts'
import { type Cpu, systemCalls } from './system-calls.ts'
import { x64 } from './x64.ts'

const assemblers: Readonly<Record<Cpu, Assembler>> = { x64, arm64 }

const base = 0x400000n
const headers = 64 + 56
const failed = 255

export function assemble(steps: readonly Step[], cpu: Cpu, board?: Board): Buffer {
  const data = dataSegment()
  const pass = codePass(steps, { cpu, data, board, labels: new Map(), dataAt: 0n })
  // Lengths are settled now, and so are all addresses.
  const codeEnd = headers + pass.length
  const dataAt = (codeEnd + 15) & ~15
  const code = codePass(steps, { cpu, data, board, labels: pass.labels, dataAt: base + BigInt(dataAt) })
  const image = Buffer.concat([elfHeaders(assemblers[cpu].machine), ...code.parts, Buffer.alloc(dataAt - codeEnd), data.bytes(base + BigInt(dataAt))])
  writeSizes(image, image.length + data.room())
  return image
}

interface Pass {
  readonly cpu: Cpu
  readonly data: DataSegment
  readonly board: Board | undefined
  readonly labels: ReadonlyMap<string, number>
  readonly dataAt: bigint
}

function codePass(steps: readonly Step[], pass: Pass): { parts: Uint8Array[]; length: number; labels: Map<string, number> } {
  const assembler = assemblers[pass.cpu]
  const parts: Uint8Array[] = []
  const labels = new Map<string, number>()
  const made = new Map<Step, Uint8Array>()
  let length = 0
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'label') {
      labels.set(step.label, length)
      continue
    }
    const code = made.get(step) ?? codeOf(step, { index, at: length, assembler, pass })
    // Code that cannot fail is the same wherever it stands.
    if (step.kind === 'call' && step.tolerate === 'any') made.set(step, code)
    parts.push(code)
    length += code.length
  }
  return { parts, length, labels }
}

interface Place {
  readonly index: number
  readonly at: number
  readonly assembler: Assembler
  readonly pass: Pass
}

function codeOf(step: Exclude<Step, { kind: 'label' }>, { index, at, assembler, pass }: Place): Uint8Array {
  const jump = (name: string, to: string, end?: number): Uint8Array => {
    const address = slotAt(name, pass)
    const after = end ?? at + assembler.jumpIfZero(address, 0).length
    return assembler.jumpIfZero(address, (pass.labels.get(to) ?? 0) - after)
  }
  if (step.kind === 'jump if zero') return jump(step.slot, step.to)
  const { orElse } = step
  const report = orElse?.report === false ? bytesOf() : failure(index, assembler, pass)
  const code = (end: number): Uint8Array => {
    return callCode(step, bytesOf(report, orElse === undefined ? exitCode(assembler, pass) : jump(neverSet, orElse.to, end)), assembler, pass)
  }
  // The way out is the last of it, so it jumps from where the call ends.
  return orElse === undefined ? code(at) : code(at + code(at).length)
}

/** Whoever has to jump in any case asks a slot that nobody writes. */
const neverSet = 'never set'

function callCode(step: CallStep, wayOut: Uint8Array, assembler: Assembler, pass: Pass): Uint8Array {
  const parts = [plainCall(step, assembler, pass)]
  if (step.save !== undefined) parts.push(assembler.saveResult(slotAt(step.save, pass)))
  if (step.tolerate !== 'any') parts.push(checks(step.tolerate ?? [], wayOut, assembler))
  return bytesOf(...parts)
}

function slotAt(name: string, { board, data, dataAt }: Pass): bigint {
  const settled = board?.slots[name]
  return settled === undefined ? dataAt + data.slot(name) : BigInt(settled)
}

function plainCall(step: Pick<CallStep, 'call' | 'args'>, assembler: Assembler, pass: Pass): Uint8Array {
  const loads = step.args.map((argument, n) => {
    if (typeof argument === 'number') return assembler.load(n, BigInt(argument), false)
    if (typeof argument === 'object' && 'slot' in argument) return assembler.load(n, slotAt(argument.slot, pass), argument.kind === 'slot')
    return assembler.load(n, pass.dataAt + pass.data.place(argument), false)
  })
  return bytesOf(...loads, assembler.load(-1, BigInt(systemCalls[step.call][pass.cpu]), false), assembler.systemCall())
}

function failure(index: number, assembler: Assembler, pass: Pass): Uint8Array {
  const { address, bytes } = pass.board?.failure ?? { address: { kind: 'slot address', slot: 'failure' } as const, bytes: 8 }
  return bytesOf(assembler.noteFailure(slotAt('failure', pass), index), plainCall({ call: 'write', args: [reportDescriptor, address, bytes] }, assembler, pass))
}

function exitCode(assembler: Assembler, pass: Pass): Uint8Array {
  return plainCall({ call: 'exit_group', args: [failed] }, assembler, pass)
}

/** Last to first, because each check jumps over all that follows it. */
function checks(tolerated: readonly number[], failing: Uint8Array, assembler: Assembler): Uint8Array {
  let rest = failing
  for (const error of tolerated) rest = bytesOf(assembler.skipIfError(error, rest.length), rest)
  return bytesOf(assembler.skipIfFine(rest.length), rest)
}

interface DataSegment {
  /** Offset of the argument's bytes. Equal arguments share one place. */
  place(argument: Exclude<Argument, number | { readonly slot: string }>): bigint
  slot(name: string): bigint
  /** Filled with the addresses of lists of texts, which need to know where they are. */
  bytes(at: bigint): Buffer
  /** Zeros that the file does not hold. */
  room(): number
}

function dataSegment(): DataSegment {
  const parts: Buffer[] = []
  const known = new Map<unknown, bigint>()
  const slots = new Map<string, bigint>()
  const lists: { readonly part: number; readonly texts: readonly bigint[] }[] = []
  let length = 0
  let room = 0
  const add = (bytes: Uint8Array): bigint => {
    const at = BigInt(length)
    const padded = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7)])
    parts.push(padded)
    length += padded.length
    return at
  }
  const text = (value: string): bigint => known.get(value) ?? remember(value, add(Buffer.from(`${value}\0`)))
  const remember = (key: unknown, at: bigint): bigint => {
    known.set(key, at)
    return at
  }
  const slot = (name: string): bigint => {
    const at = slots.get(name) ?? add(Buffer.alloc(8))
    slots.set(name, at)
    return at
  }
  const list = (values: readonly string[]): bigint => {
    const places = values.map(text)
    lists.push({ part: parts.length, texts: places })
    return add(Buffer.alloc(8 * (values.length + 1)))
  }
  return {
    slot,
    place(argument) {
      if (typeof argument === 'string') return text(argument)
      if (argument instanceof Uint8Array) return known.get(argument) ?? remember(argument, add(argument))
      if (argument.kind === 'texts') return known.get(argument) ?? remember(argument, list(argument.texts))
      room = Math.max(room, argument.bytes)
      return BigInt(length)
    },
    bytes(at) {
      for (const { part, texts } of lists) for (const [i, place] of texts.entries()) parts[part]?.writeBigUInt64LE(at + place, 8 * i)
      return Buffer.concat(parts)
    },
    room: () => room,
  }
}

function elfHeaders(machine: number): Buffer {
  const bytes = Buffer.alloc(headers)
  bytes.write('\x7fELF\x02\x01\x01', 'latin1')
  bytes.writeUInt16LE(2, 16)
  bytes.writeUInt16LE(machine, 18)
  bytes.writeUInt32LE(1, 20)
  bytes.writeBigUInt64LE(base + BigInt(headers), 24)
  bytes.writeBigUInt64LE(64n, 32)
  bytes.writeUInt16LE(64, 52)
  bytes.writeUInt16LE(56, 54)
  bytes.writeUInt16LE(1, 56)
  // One loadable segment, readable, writable and executable.
  bytes.writeUInt32LE(1, 64)
  bytes.writeUInt32LE(7, 68)
  bytes.writeBigUInt64LE(base, 80)
  bytes.writeBigUInt64LE(base, 88)
  bytes.writeBigUInt64LE(0x10000n, 112)
  return bytes
}

function writeSizes(image: Buffer, memory: number): void {
  image.writeBigUInt64LE(BigInt(image.length), 96)
  image.writeBigUInt64LE(BigInt(memory), 104)
}
