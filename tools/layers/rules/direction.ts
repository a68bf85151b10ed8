/** Imports go down only; beside only where layers.json says so; never what a floor's `not` list names. */
import type { Rule } from '../finding.ts'
import { type Place, placeOf } from '../map.ts'

export const direction: Rule = (file, { map }) => {
  const from = placeOf(map, file.path)
  if (from === undefined || file.isTest) return []
  return file.imports.flatMap(({ path, line }) => {
    const to = path === undefined ? undefined : placeOf(map, path)
    const message = to === undefined ? undefined : complaint(from, to)
    return message === undefined || path === undefined ? [] : [{ line, message, target: path }]
  })
}

function complaint(from: Place, to: Place): string | undefined {
  if (from.folder === to.folder) return undefined
  if (to.level > from.level) return `${show(from)} may not import ${show(to)}: imports go down only`
  if (to.level === from.level && !from.entry.beside.includes(to.folder)) {
    return `${show(from)} may not import its neighbour ${show(to)}: "beside" of ${from.folder} does not list it`
  }
  if (from.floor.not?.includes(to.folder)) return `${show(from)} may not import ${show(to)}: "not" of ${from.floor.name} names it`
  if (from.entry.not?.includes(to.folder)) return `${show(from)} may not import ${show(to)}: "not" of ${from.folder} names it`
  return undefined
}

function show(place: Place): string {
  return `${place.folder} (${place.floor.name})`
}
