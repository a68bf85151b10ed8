/** A plan as golden files keep it: known values bare, places on one line, scripts by their digest, other infrastructures by what differs. */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '../../src/base/json.ts'
import type { RunFacts } from '../../src/plan/facts.ts'
import { type PlannedText, planText, sampleFacts } from './plan-text.ts'

/** How else each sample is planned. */
const elsewhere: Readonly<Record<string, Partial<RunFacts>>> = {
  'on local': { on: 'local' },
  'on docker': { on: 'docker' },
  'on kubernetes': { on: 'kubernetes' },
  'on kubernetes with CI_USE_BUILDX_ON_K8': { on: 'kubernetes', flags: { CI_USE_BUILDX_ON_K8: true } },
  'engine buildx': { engine: 'buildx' },
  'engine kaniko': { engine: 'kaniko' },
}

export function portrait(name: string, text: string): Json {
  const here = compact(planText(name, text))
  const others = Object.entries(elsewhere).map(([how, facts]) => {
    const there = compact(planText(name, text, { ...sampleFacts, ...facts }))
    return [how, there.plan === null && here.plan !== null ? refusal(here, there) : differences(here, there)]
  })
  return { declared: { ...here }, elsewhere: Object.fromEntries(others) as Json }
}

/** What may be known only at run time is spelled out; nothing else of the plan is left out. */
interface Compact {
  readonly findings: readonly string[]
  readonly plan: Json
}

function compact({ diagnostics, plan }: PlannedText): Compact {
  const findings = diagnostics.map((d) => `${d.at?.line ?? 0}:${d.at?.col ?? 0} ${d.severity} ${d.code}: ${d.message}`)
  return { findings, plan: plan === undefined ? null : shorter(JSON.parse(canonicalJson(plan)) as Json) }
}

function shorter(value: Json, key = ''): Json {
  if (Array.isArray(value)) return value.map((item: Json) => shorter(item))
  if (typeof value !== 'object' || value === null) return value
  const map = value as { readonly [key: string]: Json }
  if (key === 'script') return { sha256: createHash('sha256').update(canonicalJson(map)).digest('hex'), kind: map['kind'] ?? null }
  if (map['kind'] === 'known' && Object.keys(map).length === 2) return shorter(map['value'] ?? null)
  if (key === 'at') return `${map['line']}:${map['col']}-${map['endLine']}:${map['endCol']}`
  return Object.fromEntries(
    Object.entries(map).map(([name, member]) => [name, name === 'does' && map['type'] === 'Run' ? 'runs a script' : shorter(member, name)]),
  )
}

function refusal(here: Compact, there: Compact): readonly string[] {
  return ['refused', ...there.findings.filter((finding) => !here.findings.includes(finding))]
}

/** `path: one -> other`, for every leaf that is not the same. */
function differences(one: Compact, other: Compact): readonly string[] {
  const [left, right] = [leaves({ ...one }), leaves({ ...other })]
  const paths = [...new Set([...left.keys(), ...right.keys()])]
  return paths.flatMap((path) => (left.get(path) === right.get(path) ? [] : [`${path}: ${left.get(path) ?? 'nothing'} -> ${right.get(path) ?? 'nothing'}`]))
}

function leaves(value: Json, path = '', into = new Map<string, string>()): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return into.set(path, JSON.stringify(value))
  for (const [key, member] of Object.entries(value)) leaves(member as Json, path === '' ? key : `${path}.${key}`, into)
  return into
}
