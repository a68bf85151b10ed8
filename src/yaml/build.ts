/** Turns a composed document into our nodes: aliases resolved, merge keys applied, duplicates found, all within limits. */
import { type Alias, type Document, isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml'
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { Span } from '../base/span.ts'
import type { SourceFile } from '../text/source-file.ts'
import { absentScalar, buildScalar } from './build-scalar.ts'
import { yamlLimits } from './limits.ts'
import type { YamlEntry, YamlNode } from './node.ts'

interface Building {
  readonly file: SourceFile
  readonly report: (d: Diagnostic) => void
  /** 'open' while the marked value is being built: an alias to it would contain itself. */
  readonly anchors: Map<string, YamlNode | 'open'>
  /** Nodes under a node, itself included: what one more alias of it costs. */
  readonly weights: Map<YamlNode, number>
  repeated: number
}

/** Nothing for a document in which nothing is written. */
export function buildDocument(document: Document.Parsed, file: SourceFile, report: (d: Diagnostic) => void): YamlNode | undefined {
  const contents: Node | null = document.contents
  if (contents === null) return undefined
  if (isScalar(contents) && contents.value === null && (contents.source ?? '') === '' && contents.tag === undefined) return undefined
  return build({ file, report, anchors: new Map(), weights: new Map(), repeated: 0 }, contents)
}

function build(b: Building, node: Node): YamlNode {
  if (isAlias(node)) return resolveAlias(b, node)
  const anchor = isScalar(node) || isCollection(node) ? node.anchor : undefined
  if (anchor !== undefined) b.anchors.set(anchor, 'open')
  const made = isScalar(node) ? buildScalar(node, b.file, b.report) : buildCollection(b, node)
  if (anchor !== undefined) b.anchors.set(anchor, made)
  return made
}

function buildCollection(b: Building, node: Node): YamlNode {
  const at = spanOf(b, node)
  if (isSeq(node)) {
    const items = node.items.map((item) => build(b, item as Node))
    return weigh(b, { kind: 'seq', items, at }, items)
  }
  if (!isMap(node)) return absentScalar(at, node.range?.[0] ?? 0)
  const entries = buildEntries(b, node)
  const made: YamlNode = { kind: 'map', entries, at }
  return weigh(
    b,
    made,
    entries.map((entry) => entry.value),
  )
}

function weigh(b: Building, made: YamlNode, parts: readonly YamlNode[]): YamlNode {
  let weight = 1
  for (const part of parts) weight += b.weights.get(part) ?? 1
  b.weights.set(made, weight)
  return made
}

function buildEntries(b: Building, map: YAMLMap): YamlEntry[] {
  const entries = new Map<string, YamlEntry>()
  const merged: YamlEntry[] = []
  for (const pair of map.items as readonly Pair<Node, Node | null>[]) {
    const keyNode = build(b, pair.key)
    const keyAt = isAlias(pair.key) ? spanOf(b, pair.key) : keyNode.at
    const value = pair.value === null ? absentScalar(endOf(keyAt), pair.key.range?.[1] ?? 0) : build(b, pair.value)
    if (isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.value === '<<') {
      merged.push(...mergeSources(b, value, keyAt))
      continue
    }
    const key = keyText(b, keyNode, keyAt)
    const first = key === undefined ? undefined : entries.get(key)
    if (key !== undefined && first === undefined) entries.set(key, { key, keyAt, value })
    if (first !== undefined) {
      b.report(diagnose('YAML_DUPLICATE_KEY', { key: first.key }, { at: keyAt, related: [{ message: 'first written here', at: first.keyAt }] }))
    }
  }
  for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry)
  return [...entries.values()]
}

/** The entries `<<` brings in, the strongest first. They count as repeated nodes. */
function mergeSources(b: Building, value: YamlNode, at: Span): readonly YamlEntry[] {
  const sources = value.kind === 'seq' ? value.items : [value]
  const entries: YamlEntry[] = []
  for (const source of sources) {
    if (source.kind !== 'map') b.report(diagnose('YAML_MERGE_NOT_MAP', {}, { at }))
    else if (afford(b, source.entries.length, at)) entries.push(...source.entries)
  }
  return entries
}

function keyText(b: Building, node: YamlNode, at: Span): string | undefined {
  if (node.kind !== 'scalar') {
    b.report(diagnose('YAML_KEY_NOT_TEXT', { kind: node.kind === 'map' ? 'map' : 'list' }, { at }))
    return undefined
  }
  if (node.value === null && node.source === '') {
    b.report(diagnose('YAML_KEY_EMPTY', {}, { at }))
    return undefined
  }
  return typeof node.value === 'string' ? node.value : node.source
}

function resolveAlias(b: Building, alias: Alias): YamlNode {
  const at = spanOf(b, alias)
  const target = b.anchors.get(alias.source)
  if (target === undefined) b.report(diagnose('YAML_ALIAS_UNKNOWN', { name: alias.source }, { at }))
  else if (target === 'open') b.report(diagnose('YAML_ALIAS_LOOP', { name: alias.source }, { at }))
  else if (afford(b, b.weights.get(target) ?? 1, at)) return target
  return absentScalar(at, alias.range?.[0] ?? 0)
}

/** Counts what aliases repeat; says so once when it is too much, and from then on repeats nothing. */
function afford(b: Building, weight: number, at: Span): boolean {
  if (b.repeated > yamlLimits.aliasedNodes) return false
  b.repeated += weight
  if (b.repeated <= yamlLimits.aliasedNodes) return true
  b.report(diagnose('YAML_ALIAS_LIMIT', { limit: yamlLimits.aliasedNodes }, { at }))
  return false
}

function spanOf(b: Building, node: Node | Scalar): Span {
  const [start, end] = node.range ?? [0, 0]
  return b.file.span(start, end)
}

function endOf(at: Span): Span {
  return { ...at, line: at.endLine, col: at.endCol }
}
