/**
 * What a generated program does: system calls one after another, with nothing but a jump in between. Node can neither
 * mount nor change its root nor read extended attributes, and must not fork into namespaces itself; a program of a few kilobytes,
 * written for one purpose, can, and needs nothing installed.
 */
import type { SystemCall } from './system-calls.ts'

/** Numbers as they are; texts and bytes by address (texts end with NUL); a slot by the value saved in it, or by address. */
export type Argument =
  | number
  | string
  | Uint8Array
  | { readonly kind: 'slot'; readonly slot: string }
  | { readonly kind: 'slot address'; readonly slot: string }
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'room'; readonly bytes: number }

export interface CallStep {
  readonly kind: 'call'
  readonly call: SystemCall
  readonly args: readonly Argument[]
  /** What it is for, for messages. */
  readonly what: string
  /** The result is kept under this name. */
  readonly save?: string
  /** Error numbers that are no failure; 'any': none is. */
  readonly tolerate?: readonly number[] | 'any'
  /** Where a failure goes on; without it, it is reported and ends the process. */
  readonly orElse?: { readonly to: string; readonly report: boolean }
}

export type Step = CallStep | { readonly kind: 'jump if zero'; readonly slot: string; readonly to: string } | { readonly kind: 'label'; readonly label: string }

export function call(name: SystemCall, args: readonly Argument[], what: string, o: Pick<CallStep, 'save' | 'tolerate' | 'orElse'> = {}): CallStep {
  return { kind: 'call', call: name, args, what, ...o }
}

export const slot = (name: string): Argument => ({ kind: 'slot', slot: name })
export const addressOf = (name: string): Argument => ({ kind: 'slot address', slot: name })
export const texts = (list: readonly string[]): Argument => ({ kind: 'texts', texts: list })

/** Failures are reported on this descriptor as two 32-bit numbers: the step's index and the negative error number. */
export const reportDescriptor = 3

/** Memory that a program and the one who talks to it both know the address of. The program has to map it first. */
export interface Board {
  /** Slots that lie in it. One of them is `failure`. */
  readonly slots: Readonly<Record<string, number>>
  /** What a report of a failure consists of, instead of the slot `failure` alone. */
  readonly failure: { readonly address: number; readonly bytes: number }
}
