/** `podSpecOverlay`: YAML that is merged into the spec of the pod as `kubectl patch` does it. */
import { parse } from 'yaml'
import type { Json } from '../../../../base/json.ts'

export type Overlay = { readonly [key: string]: Json }

/** Lists that are merged item by item, and what tells their items apart. Other lists are replaced. */
const keyOf: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
}

export function parseOverlay(text: string): { readonly overlay: Overlay } | { readonly reason: string } {
  if (text.trim() === '') return { overlay: {} }
  try {
    const value: unknown = parse(text)
    if (!isMap(value)) return { reason: 'it is no map of keys and values' }
    return 'spec' in value ? { reason: 'it begins below `spec`: leave the key `spec` out' } : { overlay: value }
  } catch (error) {
    return { reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
}

export function overlaid(below: Json, above: Json): Json {
  if (!isMap(below) || !isMap(above)) return above
  const merged: Record<string, Json> = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const old = merged[key]
    if (value === null) delete merged[key]
    else if (old === undefined) merged[key] = value
    else merged[key] = isList(old) && isList(value) ? overlaidList(old, value, keyOf[key]) : overlaid(old, value)
  }
  return merged
}

function overlaidList(below: readonly Json[], above: readonly Json[], key: string | undefined): readonly Json[] {
  if (key === undefined) return above
  const nameOf = (item: Json): Json | undefined => (isMap(item) ? item[key] : undefined)
  const merged = [...below]
  for (const item of above) {
    const at = merged.findIndex((old) => nameOf(old) !== undefined && nameOf(old) === nameOf(item))
    const old = merged[at]
    if (old === undefined) merged.push(item)
    else merged[at] = overlaid(old, item)
  }
  return merged
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isMap(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
