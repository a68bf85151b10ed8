/**
 * Keeps the memory of commands that move bytes small. V8 lets the space for young objects grow with what passes through it, up to a
 * hundred megabytes and more; streams of chunks make it grow although next to nothing survives. Measured on a layer of 20,000 files:
 * 350 MB became 210, at the same processor time.
 */
import { setFlagsFromString } from 'node:v8'

export function calmMemory(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
