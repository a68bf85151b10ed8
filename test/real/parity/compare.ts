/** All that is different between two images: configuration, history, each layer's entries, and the files that a container sees. */
import type { ImageConfig } from '../../../src/oci/manifest.ts'
import type { Image } from '../../../src/oci/views.ts'
import { type FileTable, layerFiles, treeOf } from './image-files.ts'

export interface Difference {
  /** `config`, `history`, `layer N` or `files`. */
  readonly part: string
  /** A field of the configuration, the number of a history line, or a path. */
  readonly at: string
  /** Of a path: which of its facts. `-` when the whole thing is on one side only. */
  readonly fact: string
  readonly theirs: string
  readonly ours: string
}

export function showDifference(d: Difference): string {
  return `${d.part}: ${d.at}${d.fact === '-' ? '' : ` ${d.fact}`}: BuildKit ${d.theirs}, ours ${d.ours}`
}

export async function compareImages(theirs: Image, ours: Image, since: number): Promise<readonly Difference[]> {
  const [a, b] = [await theirs.layers(), await ours.layers()]
  const found = compareConfigs(await theirs.config(), await ours.config())
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]]
    if (x !== undefined && y !== undefined) found.push(...compareTables(`layer ${i + 1}`, await layerFiles(x, since), await layerFiles(y, since)))
  }
  return [...found, ...compareTables('files', await treeOf(theirs, since), await treeOf(ours, since))]
}

function compareTables(part: string, theirs: FileTable, ours: FileTable): readonly Difference[] {
  if (theirs === ours) return []
  const found: Difference[] = []
  for (const path of [...new Set([...theirs.keys(), ...ours.keys()])].sort()) {
    const [a, b] = [theirs.get(path), ours.get(path)]
    if (a === undefined || b === undefined) found.push({ part, at: path, fact: '-', theirs: text(a), ours: text(b) })
    else found.push(...fields(a, b).map(([fact, x, y]) => ({ part, at: path, fact, theirs: x, ours: y })))
  }
  return found
}

/** Times are the build's own; layers are compared by their files. */
function compareConfigs(theirs: ImageConfig, ours: ImageConfig): Difference[] {
  const found: Difference[] = []
  const about = (config: ImageConfig) => ({ ...config, created: undefined, history: undefined, rootfs: undefined, layers: config.rootfs.diff_ids.length })
  const [{ config: runA = {}, ...a }, { config: runB = {}, ...b }] = [about(theirs), about(ours)]
  for (const [at, x, y] of [...fields(a, b), ...fields(runA, runB)]) found.push({ part: 'config', at, fact: '-', theirs: x, ours: y })
  const [lines, own] = [theirs.history ?? [], ours.history ?? []]
  for (let i = 0; i < Math.max(lines.length, own.length); i++) {
    const [x, y] = [lines[i], own[i]]
    for (const [fact, s, t] of fields({ ...x, created: undefined }, { ...y, created: undefined }))
      found.push({ part: 'history', at: String(i + 1), fact, theirs: s, ours: t })
  }
  return found
}

function fields(a: object, b: object): readonly (readonly [string, string, string])[] {
  const [x, y] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
  const names = [...new Set([...x.keys(), ...y.keys()])]
  return names.map((name) => [name, text(x.get(name)), text(y.get(name))] as const).filter(([, s, t]) => s !== t)
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(sorted(value)) ?? 'nothing')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}
