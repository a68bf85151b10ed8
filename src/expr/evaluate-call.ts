/** Calls: functions of the scope and of the language by their dotted name, methods of values otherwise. */
import { didYouMean } from '../text/suggest.ts'
import { memberOf, openSlot, settle } from './access.ts'
import type { Expr } from './ast.ts'
import { evaluate, evaluateAll } from './evaluate-node.ts'
import { fail, type Got, known, type Running } from './evaluation.ts'
import { functors } from './functors/functors.ts'
import { callMethod } from './methods/call-method.ts'
import { checkCount } from './methods/method.ts'
import { type ExprValue, isList } from './value.ts'

type Call = Expr & { kind: 'call' }

export function evaluateCall(e: Call, run: Running): Got {
  const given = evaluateAll(e.args, run, (values) => values)
  const name = dottedName(e)
  if (given.kind === 'later') return given
  const args = isList(given.value) ? given.value : []
  const fromScope = name === undefined ? undefined : run.scope.call?.(name, args)
  if (fromScope?.kind === 'refused') return fail('EXPR_BAD_ARGUMENT', { name: name ?? e.name, what: fromScope.why }, e)
  if (fromScope !== undefined) return openSlot(fromScope, name ?? e.name, run, e)
  const functor = name === undefined ? undefined : functors.get(name)
  if (functor !== undefined) {
    const call = { name: name ?? e.name, args, budget: run.budget, at: e }
    checkCount(call, functor.takes)
    return known(functor.run(undefined, call))
  }
  if (e.object === undefined || isNamespace(name, run)) return unknownFunction(name ?? e.name, run, e)
  return callOn(e, e.object, args, run)
}

function callOn(e: Call, objectExpr: Expr, args: readonly ExprValue[], run: Running): Got {
  const object = evaluate(objectExpr, e.safe ? { ...run, tolerant: true } : run)
  if (object.kind === 'folder') {
    const key = args[0]
    if (e.name === 'get' && args.length === 1 && typeof key === 'string') return memberOf(object, key, false, run, e)
    if (e.name === 'containsKey' && typeof key === 'string') return known(object.folder.get(key) !== undefined)
  }
  const self = settle(object, run, objectExpr)
  if (self.kind === 'later') return self
  if (self.value === null && (run.tolerant || e.safe)) return self
  const result = callMethod(self.value, { name: e.name, args, budget: run.budget, at: e })
  return known(result)
}

/** `secrets.getValue` for plain paths. */
function dottedName(e: Call): string | undefined {
  if (e.object === undefined) return e.name
  const path = pathOf(e.object)
  return path === undefined ? undefined : `${path}.${e.name}`
}

function pathOf(e: Expr): string | undefined {
  if (e.kind !== 'name' && e.kind !== 'member') return undefined
  const only = e.name.length === 1 ? e.name[0] : undefined
  if (typeof only !== 'string') return undefined
  if (e.kind === 'name') return only
  const before = pathOf(e.object)
  return before === undefined ? undefined : `${before}.${only}`
}

function functionNames(run: Running): readonly string[] {
  return [...(run.scope.functions ?? []), ...functors.keys()]
}

/** `json.` or `secrets.` before a name that is no function, unless the scope has a folder of that name. */
function isNamespace(name: string | undefined, run: Running): boolean {
  const space = name?.slice(0, name.lastIndexOf('.') + 1) ?? ''
  return space !== '' && functionNames(run).some((known) => known.startsWith(space)) && run.scope.root.get(space.slice(0, -1)) === undefined
}

function unknownFunction(name: string, run: Running, e: Expr): never {
  const names = functionNames(run)
  return fail('EXPR_UNKNOWN_FUNCTION', { name }, e, { hint: didYouMean(name, names) })
}
