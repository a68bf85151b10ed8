/** `slipway cache` (and `slipway builder`): how large the build cache is, and taking away what nobody uses. */
import { humanBytes, humanDuration } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'
import { readBytes } from '../../base/read-bytes.ts'
import { type Limits, usualLimits } from '../../builder/store/collect-garbage.ts'
import { parseDuration } from '../../dockerfile/duration.ts'
import type { CachePart } from '../../ports/build-cache.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import type { World } from '../world.ts'

export interface DuOptions {
  readonly json?: boolean
  readonly verbose?: boolean
}

export interface PruneOptions extends DuOptions {
  readonly all?: boolean
  readonly filter: readonly string[]
  readonly keepStorage?: string
  readonly dryRun?: boolean
}

export async function cacheUsage(o: DuOptions, world: World): Promise<ExitCode> {
  const items = await (await world.tools.buildCache(world.home)).items(world)
  const total = items.reduce((sum, { bytes }) => sum + bytes, 0)
  if (o.json === true) {
    const rows = items.map(({ kind, name, id, bytes, usedMs }) => ({ kind, name, id, bytes, used: new Date(usedMs).toISOString() }))
    await world.stdout.write(`${JSON.stringify({ bytes: total, items: rows }, null, 2)}\n`)
    return exitCodes.done
  }
  await world.stdout.write(rowsText(items, o.verbose === true, world))
  await world.stdout.write(`${humanBytes(total)} in all; layers that images with a name need are not counted\n`)
  return exitCodes.done
}

type Items = readonly CachePart[]

function rowsText(items: Items, verbose: boolean, world: World): string {
  if (!verbose) {
    const kinds = [...Map.groupBy(items, ({ kind }) => kind)].map(([kind, own]) => line(kind, own.length, sum(own)))
    return kinds.join('')
  }
  const age = (usedMs: number) => `used ${humanDuration(world.clock.now() - usedMs)} ago`
  const shown = items.filter(({ kind }) => kind !== 'record').toSorted((a, b) => b.usedMs - a.usedMs)
  return shown.map((one) => `${one.kind.padEnd(16)} ${(one.id ?? one.name).padEnd(71)} ${humanBytes(one.bytes).padStart(8)}  ${age(one.usedMs)}\n`).join('')
}

function line(kind: string, count: number, bytes: number): string {
  return `${kind.padEnd(16)} ${String(count).padStart(6)}  ${humanBytes(bytes).padStart(8)}\n`
}

function sum(items: Items): number {
  return items.reduce((bytes, one) => bytes + one.bytes, 0)
}

export async function pruneCache(o: PruneOptions, world: World): Promise<ExitCode> {
  const { removed, bytes, leftBytes } = await (await world.tools.buildCache(world.home)).prune(limitsOf(o), {
    signal: world.signal,
    nowMs: world.clock.now(),
    dryRun: o.dryRun ?? false,
  })
  if (o.json === true) {
    const rows = removed.map(({ kind, name, bytes: size }) => ({ kind, name, bytes: size }))
    await world.stdout.write(`${JSON.stringify({ dryRun: o.dryRun ?? false, bytes, leftBytes, removed: rows }, null, 2)}\n`)
    return exitCodes.done
  }
  await world.stdout.write(rowsText(removed, o.verbose === true, world))
  await world.stdout.write(`${o.dryRun === true ? 'would free' : 'freed'} ${humanBytes(bytes)}, ${humanBytes(leftBytes)} stay\n`)
  return exitCodes.done
}

/** Alone: what is collected after builds anyway. */
function limitsOf(o: PruneOptions): Limits {
  const filters = o.filter.map(untilOf)
  const keepBytes = o.keepStorage === undefined ? undefined : bytesOf(o.keepStorage)
  if (o.all === true) return { unusedMs: filters[0] ?? -1, keepBytes: Number.POSITIVE_INFINITY }
  if (filters[0] === undefined && keepBytes === undefined) return usualLimits
  return { unusedMs: filters[0] ?? Number.POSITIVE_INFINITY, keepBytes: keepBytes ?? Number.POSITIVE_INFINITY }
}

function untilOf(text: string): number {
  const [, value] = /^(?:until|unused-for)=(.+)$/.exec(text) ?? []
  const ns = value === undefined ? undefined : parseDuration(value)
  if (ns === undefined) throw problem('CACHE_LIMIT_INVALID', { option: '--filter', text, wanted: 'until=24h' })
  return ns / 1e6
}

function bytesOf(text: string): number {
  const bytes = readBytes(text)
  if (bytes === undefined) throw problem('CACHE_LIMIT_INVALID', { option: '--keep-storage', text, wanted: '10GB' })
  return bytes
}
