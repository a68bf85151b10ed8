/** Methods of lists, maps, numbers and secrets. */
import { joinText, type SecretText, type Text } from '../../base/secret-text.ts'
import { isEqual, order } from '../coerce.ts'
import { spend } from '../evaluation.ts'
import { joinChecked, renderText } from '../render.ts'
import { type ExprMap, type ExprValue, mapEntries, mapGet, mapKeys } from '../value.ts'
import { inRange, intArg, joinableArg, type MethodCall, methods, row, textArg } from './method.ts'

const none = [0, 0] as const
const one = [1, 1] as const

type List = readonly ExprValue[]

function indexIn(list: List, c: MethodCall): number {
  spend(c.budget, list.length, c.at)
  return list.findIndex((item) => isEqual(item, c.args[0] ?? null, c.at))
}

export const listMethods = methods<List>({
  size: row(none, (l) => l.length),
  length: row(none, (l) => l.length),
  isEmpty: row(none, (l) => l.length === 0),
  get: row(one, (l, c) => l[inRange(c, intArg(c, 0), l.length - 1)] ?? null),
  contains: row(one, (l, c) => indexIn(l, c) >= 0),
  indexOf: row(one, indexIn),
  join: row([0, 1], (l, c) => {
    const between = c.args.length === 0 ? ',' : textArg(c, 0)
    return joinChecked(
      l.flatMap((item, i): Text[] => [...(i > 0 ? [between] : []), renderText(item, c.budget, c.at)]),
      c.at,
    )
  }),
  subList: row([2, 2], (l, c) => {
    const end = inRange(c, intArg(c, 1), l.length)
    return l.slice(inRange(c, intArg(c, 0), end), end)
  }),
  toString: row<List>(none, (l, c) => renderText(l, c.budget, c.at)),
  equals: row(one, (l, c) => isEqual(l, c.args[0] ?? null, c.at)),
})

export const mapMethods = methods<ExprMap>({
  get: row(one, (m, c) => mapGet(m, textArg(c, 0)) ?? null),
  getOrDefault: row([2, 2], (m, c) => mapGet(m, textArg(c, 0)) ?? c.args[1] ?? null),
  containsKey: row(one, (m, c) => mapGet(m, textArg(c, 0)) !== undefined),
  containsValue: row(one, (m, c) => mapEntries(m).some(([, v]) => isEqual(v, c.args[0] ?? null, c.at))),
  keySet: row(none, (m) => mapKeys(m)),
  values: row(none, (m) => mapEntries(m).map(([, v]) => v)),
  size: row(none, (m) => mapKeys(m).length),
  isEmpty: row(none, (m) => mapKeys(m).length === 0),
  toString: row<ExprMap>(none, (m, c) => renderText(m, c.budget, c.at)),
})

/** Beyond these a number has the methods of its text. */
export const numberMethods = methods<number>({
  intValue: row(none, (n) => Math.trunc(n)),
  longValue: row(none, (n) => Math.trunc(n)),
  doubleValue: row(none, (n) => n),
  equals: row(one, (n, c) => isEqual(n, c.args[0] ?? null, c.at)),
  compareTo: row(one, (n, c) => Math.sign(order(n, c.args[0] ?? null) ?? 0)),
})

/** What can be done without knowing the content. */
export const secretMethods = methods<SecretText>({
  toString: row<SecretText>(none, (s) => s),
  concat: row(one, (s, c) => joinText(s, joinableArg(c, 0))),
})
