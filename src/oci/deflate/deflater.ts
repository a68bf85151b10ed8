/** Deflate in one go, for pieces that are joined later. The bytes depend on the input alone, not on the machine or on Node's zlib. */
import { pieceSize } from '../pieces.ts'
import { wasmText } from './module.ts'

export const windowSize = 32 * 1024

/** 1 is the fastest, 3 the smallest. */
export type Effort = 1 | 2 | 3

/** Blocks that end on a byte border, none of them the last. The answer is looked at before the next call. */
export type Deflater = (piece: Uint8Array, before: Uint8Array | undefined, effort: Effort) => Uint8Array

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  /** Addresses. */
  readonly input: { readonly value: number }
  readonly output: { readonly value: number }
  begin(): void
  deflate(before: number, size: number, effort: number): number
}

/** The few words of it that are needed here; without the types of a browser they are not declared. */
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => DeflateModule
  readonly Instance: new (module: DeflateModule, imports: object) => { readonly exports: unknown }
}

/** Compiled, not yet begun. */
export type DeflateModule = WebAssembly.Module

const wasm = Reflect.get(globalThis, 'WebAssembly') as Wasm

/** Once per process: threads share what is compiled. */
export function deflateModule(): DeflateModule {
  return new wasm.Module(Buffer.from(wasmText, 'base64'))
}

export function deflater(module: DeflateModule): Deflater {
  const { memory, input, output, begin, deflate } = new wasm.Instance(module, {}).exports as Exports
  const bytes = new Uint8Array(memory.buffer)
  const from = input.value
  const to = output.value
  begin()
  return (piece, before, effort) => {
    if (piece.length > pieceSize || (before?.length ?? 0) > windowSize) throw new RangeError('a piece is larger than the room for it')
    if (before !== undefined) bytes.set(before, from - before.length)
    bytes.set(piece, from)
    return bytes.subarray(to, to + deflate(before?.length ?? 0, piece.length, effort))
  }
}
