/** What was scanned, with what: the lines before a table. */
import { plural } from '../../base/human.ts'
import type { ScanReport } from '../report.ts'

export function scanHead({ target, packages, scanner, database }: ScanReport): readonly string[] {
  const { distribution } = target
  const system = distribution === undefined ? [] : [distribution.name ?? [distribution.id, distribution.version].filter(Boolean).join(' ')]
  const day = database.updatedMs === undefined ? [] : [`of ${new Date(database.updatedMs).toISOString().slice(0, 10)}`]
  const about = [...(packages.length === 0 ? [] : [plural(packages.length, 'package')]), ...system]
  return [
    `${target.name}${about.length === 0 ? '' : ` (${about.join(', ')})`}`,
    `scanned by ${scanner.name}${scanner.version === undefined ? '' : ` ${scanner.version}`} with ${[database.name, ...day].join(' ')}`,
  ]
}
