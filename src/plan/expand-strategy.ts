/** A `strategy:` to its turns: combinations of a matrix, items, times or a parallelism. Exactly one of them. */
import { diagnose } from '../base/diagnostic.ts'
import type { Deferred } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { resolveTree } from '../dynamic/resolve-many.ts'
import type { ExprValue } from '../expr/value.ts'
import type { Strategy } from '../pipeline/strategy.ts'
import { combinations, partitions } from './combinations.ts'
import { mostTurns, postfixOf, type Turn } from './loop.ts'
import { type LoopSettings, whenOf, withoutNames } from './loop-settings.ts'

export type Expansion =
  | ({ readonly kind: 'turns'; readonly turns: readonly Turn[] } & LoopSettings)
  /** The axes are known only when the loop is reached. */
  | { readonly kind: 'later'; readonly deferred: Deferred }

interface Given {
  readonly nodeName?: Dynamic<Text>
  readonly maxConcurrency?: Dynamic<number>
  readonly onFailure?: Dynamic<'RunAll' | 'SkipQueued'>
}

/** `loop` is the path of the looped node. undefined after a report. */
export function expandStrategy(strategy: Strategy, loop: string, o: Resolving): Expansion | undefined {
  const given = (['matrix', 'repeat', 'parallelism'] as const).filter((kind) => strategy[kind] !== undefined)
  const [kind] = given
  if (kind === undefined || given.length > 1) {
    o.report(diagnose('PLAN_ONE_STRATEGY', { found: given.join(' and ') || 'none' }, { at: strategy.at }))
    return undefined
  }
  const expansion = expanders[kind](strategy, o)
  if (whenOf(strategy) !== undefined) o.report(diagnose('PLAN_LOOP_WHEN', {}, { at: strategy.at }))
  if (expansion?.kind === 'turns' && expansion.turns.length > mostTurns) {
    o.report(diagnose('PLAN_LOOP_TOO_LARGE', { count: expansion.turns.length, limit: mostTurns }, { at: strategy.at }))
    return undefined
  }
  return expansion?.kind === 'turns' ? { ...expansion, turns: expansion.turns.map((turn) => ({ ...turn, loop })) } : expansion
}

type Expander = (strategy: Strategy, o: Resolving) => Expansion | undefined

const expanders: Readonly<Record<'matrix' | 'repeat' | 'parallelism', Expander>> = {
  parallelism(strategy, o) {
    const count = knownOr(strategy.parallelism, o)
    if (count === undefined || typeof count === 'object') return count
    return withSettings(turnsOf(Array.from({ length: count }, () => ({ label: '' }))), strategy, o)
  },
  repeat(strategy, o) {
    const { repeat } = strategy
    if (repeat === undefined) return undefined
    const times = repeat.times === undefined ? undefined : knownOr(repeat.times, o)
    if (typeof times === 'object') return times
    const planned = repeat.items === undefined ? undefined : resolveTree(repeat.items, o)
    if (planned?.kind === 'deferred') return { kind: 'later', deferred: planned }
    const items = planned === undefined ? Array.from({ length: times ?? 0 }, (_, i): ExprValue => i) : asList(planned.value)
    if (items === undefined || (planned === undefined && times === undefined)) {
      o.report(diagnose('PLAN_LOOP_BAD', { what: 'repeat', wanted: 'times, or a list of items' }, { at: repeat.at }))
      return undefined
    }
    const parts = partitions(part(items, repeat, o), knownOr(repeat.partitionSize, o))
    return withSettings(turnsOf(parts.map((item) => ({ item, label: labelOf(item) }))), repeat, o)
  },
  matrix(strategy, o) {
    if (strategy.matrix === undefined) return undefined
    const { axes: tree, nodeName } = withoutNames(strategy.matrix)
    const planned = resolveTree(tree, o)
    if (planned === undefined) return undefined
    if (planned.kind === 'deferred') return { kind: 'later', deferred: planned }
    const { value } = planned
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Map || 'kind' in value) {
      o.report(diagnose('PLAN_LOOP_BAD', { what: 'matrix', wanted: 'a map of axes' }, { at: strategy.at }))
      return undefined
    }
    const { exclude, maxConcurrency, onFailure, ...axes } = value as Record<string, ExprValue>
    const bad = Object.entries(axes).find(([, axis]) => asList(axis ?? null) === undefined)
    if (bad !== undefined) {
      o.report(diagnose('PLAN_LOOP_BAD', { what: `the axis ${bad[0]}`, wanted: 'a list' }, { at: strategy.at }))
      return undefined
    }
    const lists = Object.entries(axes).map(([axis, items]) => [axis, asList(items) ?? []] as const)
    const turns = combinations(lists, asList(exclude ?? null) ?? []).map((matrix) => ({ matrix, label: Object.values(matrix).map(labelOf).join(', ') }))
    const limit = Number(maxConcurrency)
    return {
      kind: 'turns',
      turns: turnsOf(turns),
      ...(nodeName !== undefined && { nodeName }),
      ...(Number.isInteger(limit) && limit > 0 && { maxConcurrency: limit }),
      ...(onFailure === 'SkipQueued' && { skipQueued: true as const }),
    }
  },
}

function turnsOf(turns: readonly Omit<Turn, 'index' | 'count' | 'postfix' | 'loop'>[]): readonly Turn[] {
  return turns.map((turn, index) => ({ ...turn, index, count: turns.length, postfix: postfixOf(index), loop: '' }))
}

function withSettings(turns: readonly Turn[], given: Given, o: Resolving): Expansion | undefined {
  const max = knownOr(given.maxConcurrency, o)
  if (typeof max === 'object') return max
  const onFailure = given.onFailure === undefined ? undefined : resolve(given.onFailure, o)
  if (onFailure?.kind === 'deferred') return { kind: 'later', deferred: onFailure }
  return {
    kind: 'turns',
    turns,
    ...(given.nodeName !== undefined && { nodeName: given.nodeName }),
    ...(max !== undefined && { maxConcurrency: max }),
    ...(onFailure?.value === 'SkipQueued' && { skipQueued: true as const }),
  }
}

/** `start` and `end` count items, or hundredths of all of them; the item at the end is not among them. */
function part(items: readonly ExprValue[], repeat: NonNullable<Strategy['repeat']>, o: Resolving): readonly ExprValue[] {
  const at = (dynamic: Dynamic<number> | undefined, otherwise: number): number => {
    const found = knownOr(dynamic, o)
    if (typeof found !== 'number') return otherwise
    return repeat.unit === 'Percentage' ? Math.ceil((items.length * found) / 100) : found
  }
  return items.slice(at(repeat.start, 0), at(repeat.end, items.length))
}

/** A number, a loop that must wait for it, or nothing (absent, or reported). */
function knownOr(dynamic: Dynamic<number> | undefined, o: Resolving): number | Extract<Expansion, { kind: 'later' }> | undefined {
  const planned = dynamic === undefined ? undefined : resolve(dynamic, o)
  return planned?.kind === 'deferred' ? { kind: 'later', deferred: planned } : planned?.value
}

/** Expressions may give a text with commas. */
function asList(value: ExprValue): readonly ExprValue[] | undefined {
  if (Array.isArray(value)) return value as readonly ExprValue[]
  return typeof value === 'string' && value !== '' ? value.split(',').map((item) => item.trim()) : undefined
}

function labelOf(value: ExprValue): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
