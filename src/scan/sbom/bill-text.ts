/** A bill of materials as text, in the form that is asked for. */
import type { Inventory } from '../report.ts'
import { type BillOptions, cyclonedx } from './cyclonedx.ts'
import type { SbomFormat } from './formats.ts'
import { spdx } from './spdx.ts'

const writers = {
  'cyclonedx-json': (inventory, o) => cyclonedx(inventory, undefined, o),
  'spdx-json': spdx,
} as const satisfies Record<SbomFormat, (inventory: Inventory, o: BillOptions) => object>

export function billText(inventory: Inventory, format: SbomFormat, o: BillOptions): string {
  return `${JSON.stringify(writers[format](inventory, o), null, 2)}\n`
}
