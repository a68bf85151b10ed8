/** Findings as a table for people: by severity, by package, or by the layer that brought them. */
import { clip, padded, printable } from '../../text/terminal-text.ts'
import type { Finding } from '../finding.ts'
import { layerOf, layerText } from '../layer-of.ts'
import type { ScannedLayer } from '../report.ts'
import type { Severity } from '../severity.ts'

export type Grouping = 'severity' | 'package' | 'layer'

/** Puts colours around a word; the text itself stays. */
export type PaintSeverity = (severity: Severity, text: string) => string

export interface TableOptions {
  readonly group: Grouping
  /** Of an image, from the lowest up. */
  readonly layers: readonly ScannedLayer[]
  /** Of the terminal; without it lines are as long as they are. */
  readonly columns?: number | undefined
  readonly paint: PaintSeverity
  /** Has a mark. */
  readonly isNew?: (finding: Finding) => boolean
}

const titles = ['SEVERITY', 'FLAW', 'PACKAGE', 'VERSION', 'FIXED IN', 'BROUGHT BY']
/** The last one may be as wide as it likes. */
const widest = [10, 24, 34, 24, 24]

export function findingsTable(findings: readonly Finding[], o: TableOptions): readonly string[] {
  if (findings.length === 0) return []
  const rows = findings.map((finding) => ({ finding, cells: cellsOf(finding, o).map(plain) }))
  const widths = widest.map((limit, i) => Math.min(limit, Math.max(...[titles, ...rows.map(({ cells }) => cells)].map((cells) => (cells[i] ?? '').length))))
  const line = (cells: readonly string[], severity?: Severity): string => {
    const [first = '', ...rest] = cells.map((cell, i) => (i < widths.length ? padded(clip(cell, widths[i] ?? 0), widths[i] ?? 0) : cell))
    const more = rest.join('  ').trimEnd()
    const room = o.columns === undefined ? more : clip(more, Math.max(0, o.columns - first.length - 2))
    return `${severity === undefined ? first : o.paint(severity, first)}  ${room}`
  }
  const groups = Map.groupBy(rows, ({ finding }) => groupOf(finding, o))
  if (o.group === 'severity') return [line(titles), ...rows.map(({ finding, cells }) => line(cells, finding.severity))]
  const names = [...groups.keys()].sort(inOrder)
  return names
    .flatMap((name) => ['', plain(name.slice(name.indexOf('\t') + 1)), ...(groups.get(name) ?? []).map(({ finding, cells }) => line(cells, finding.severity))])
    .slice(1)
}

function cellsOf(finding: Finding, { layers, isNew }: TableOptions): readonly string[] {
  const { severity, id, fixedVersion, package: one } = finding
  const layer = layerOf(one, layers)
  const places = one.locations.length > 1 ? ` (${one.locations.length} places)` : ''
  const where = layer === undefined ? (one.locations[0]?.path ?? '') : layerText(layer)
  return [isNew?.(finding) === true ? `${severity} *` : severity, id, one.name, one.version, fixedVersion ?? '-', `${where}${places}`]
}

/** What groups are put in order by, a tab, and their name. */
function groupOf({ package: one }: Finding, { group, layers }: TableOptions): string {
  if (group === 'package') return `${one.name} ${one.version}\t${one.name} ${one.version} (${one.type})`
  const layer = layerOf(one, layers)
  return layer === undefined ? '0\tno layer' : `${layer.number}\t${layerText(layer)}`
}

function inOrder(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : a > b ? 1 : 0)
}

/** Names of packages come from images: no codes for the terminal, and no line breaks. */
function plain(text: string): string {
  return printable(text.replaceAll(/[\t\r\n]+/g, ' '), { colours: false })
}
