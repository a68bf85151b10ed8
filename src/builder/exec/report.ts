/** What the program of a RUN told about itself: records of eight bytes. */
import { errorName } from './machine/system-calls.ts'

/** Step of a failure that a program tells which knows no numbers: the last. */
export const lastStep = 0x7fffffff
/** The keeper of owners could not begin. */
export const keeperStep = 0x7ffffffe
/** It cannot tell which process of /proc is which. */
export const numbersStep = 0x7ffffffd

export interface Report {
  /** Of the process in the namespaces, as the machine numbers it. */
  readonly pid?: number
  /** As wait(2) answers it. */
  readonly status?: number
  readonly failure?: { readonly step: number; readonly error: string }
}

/** The first record is the start itself; a failure is the one whose second half is negative. */
export function parseReport(report: Buffer): Report {
  const numbers: number[] = []
  let failure: Report['failure']
  for (let at = 8; at + 8 <= report.length; at += 8) {
    const second = report.readInt32LE(at + 4)
    if (second < 0) failure = { step: report.readInt32LE(at), error: errorName(-second) }
    else numbers.push(report.readInt32LE(at))
  }
  const [pid, status] = numbers
  return { ...(pid !== undefined && { pid }), ...(status !== undefined && { status }), ...(failure !== undefined && { failure }) }
}
