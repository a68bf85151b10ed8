/** The functions every scope has: json.* and regex.*, with the behaviour their documentation states. */
import { fail } from '../evaluation.ts'
import { type MethodCall, methods, row, textArg } from '../methods/method.ts'
import { findsAnywhere, firstMatch, replaceMatches } from '../regex/use.ts'
import { isList } from '../value.ts'
import { parseJson, selectJson, showJson } from './json.ts'

const one = [1, 1] as const
const two = [2, 2] as const

export const functors = methods<undefined>({
  'json.select': row(two, (_, c) => selectJson(textArg(c, 0), parseJson(c, 1), c)),
  'json.object': row(one, (_, c) => parseJson(c, 0)),
  'json.list': row(two, (_, c) => {
    const found = selectJson(textArg(c, 0), parseJson(c, 1), c)
    return isList(found) ? found : fail('EXPR_JSON', { name: c.name, what: 'the path does not lead to a list' }, c.at)
  }),
  'json.format': row(one, (_, c) => showJson(c)),
  'regex.extract': row(two, (_, c) => (c.args[1] === null ? '' : (firstMatch(textArg(c, 0), textArg(c, 1), c) ?? ''))),
  'regex.match': row(two, (_, c) => findsAnywhere(textArg(c, 0), textArg(c, 1), c)),
  'regex.replace': row([3, 3], (_, c) => replaceMatches(textArg(c, 0), textArg(c, 1), textArg(c, 2), 'all', c)),
  'xml.select': row([0, 9], unsupported),
})

function unsupported(_: undefined, c: MethodCall): never {
  return fail('EXPR_NOT_SUPPORTED', { what: `${c.name}()` }, c.at)
}
