/** Follows paths: names in folders, members of maps, items of lists. Decides what a name that is not there means. */
import { didYouMean } from '../text/suggest.ts'
import { evaluateSource } from './evaluate-source.ts'
import { fail, type Got, known, noteNull, type Result, type Running } from './evaluation.ts'
import type { Range } from './expr-problem.ts'
import type { Folder, Slot } from './scope.ts'
import { describeValue, type ExprValue, isList, isMapValue, mapGet, mapKeys } from './value.ts'

/** What a slot gives at this moment. */
export function openSlot(slot: Slot, path: string, run: Running, at: Range): Got {
  if (slot.kind === 'value') return known(slot.value)
  if (slot.kind === 'later') return slot
  if (slot.kind === 'absent') {
    noteNull(run, { kind: 'absent', path, why: slot.why, start: at.start, end: at.end })
    return { kind: 'value', value: null, absent: true }
  }
  if (slot.kind === 'folder') return { kind: 'folder', folder: slot, path }
  return evaluateSource(slot, path, run, at)
}

/** A name may hold several, when it was computed: `stages.<+path>.status`. */
export function memberOf(object: Got, names: string, computed: boolean, run: Running, at: Range): Got {
  if (!computed) return oneMember(object, names, run, at)
  let got = object
  for (const name of names.split('.')) got = oneMember(got, name, run, at)
  return got
}

function oneMember(object: Got, name: string, run: Running, at: Range): Got {
  if (object.kind === 'later') return object
  if (object.kind === 'folder') return inFolder(object.folder, object.path, name, run, at)
  const { value } = object
  if (value === null) {
    if (object.absent === true || run.tolerant) return object
    return fail('EXPR_NULL', { what: `The member "${name}"` }, at)
  }
  if (isMapValue(value)) return known(mapGet(value, name) ?? missing(run, at, name, 'the map', mapKeys(value)))
  if (isList(value)) return known(itemOf(value, name, run, at))
  return known(missing(run, at, name, describeValue(value), []))
}

function inFolder(folder: Folder, path: string, name: string, run: Running, at: Range): Got {
  const slot = folder.get(name)
  const full = path === '' ? name : `${path}.${name}`
  if (slot !== undefined) return openSlot(slot, full, run, at)
  return known(missing(run, at, name, path === '' ? 'an expression' : `"${path}"`, folder.names(), full))
}

function itemOf(list: readonly ExprValue[], name: string, run: Running, at: Range): ExprValue {
  const index = /^-?\d{1,9}$/.test(name) ? Number(name) : undefined
  if (index === undefined) return missing(run, at, name, 'the list', [])
  const item = list[index < 0 ? list.length + index : index]
  if (item !== undefined) return item
  return run.tolerant ? null : fail('EXPR_OUT_OF_RANGE', { name: 'list', index, last: Math.max(list.length - 1, 0) }, at)
}

/** Null where null is an answer, an error that helps elsewhere. */
export function missing(run: Running, at: Range, name: string, where: string, names: Iterable<string>, path?: string): null {
  if (run.tolerant) return null
  const known = [...names].slice(0, 1000)
  const hint = didYouMean(name, known) ?? (known.length > 0 && known.length <= 12 ? `known names: ${known.join(', ')}` : undefined)
  return fail('EXPR_UNKNOWN_PATH', { path: path ?? run.source.slice(at.start, at.end), where, name }, at, { hint })
}

/** The value where a path ends. A folder without one is an error in texts; where null is an answer its plain values make a map. */
export function settle(got: Got, run: Running, at: Range): Result {
  if (got.kind !== 'folder') return got
  if (got.folder.whole !== undefined) return known(got.folder.whole)
  const names = [...got.folder.names()]
  if (!run.tolerant) return fail('EXPR_NO_VALUE', { path: got.path || 'this', names: names.slice(0, 12).join(', ') || 'it has none' }, at)
  const plain = names.flatMap((name): [string, ExprValue][] => {
    const slot = got.folder.get(name)
    return slot?.kind === 'value' ? [[name, slot.value]] : []
  })
  return known(new Map(plain))
}
