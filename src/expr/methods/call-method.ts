/** Finds the method of a value and calls it. There is no other way from a value to code. */
import { isSecretText } from '../../base/secret-text.ts'
import { didYouMean } from '../../text/suggest.ts'
import { fail, spend } from '../evaluation.ts'
import { type ExprValue, isList, typeName } from '../value.ts'
import { checkCount, type Method, type MethodCall, type MethodTable } from './method.ts'
import { listMethods, mapMethods, numberMethods, secretMethods } from './other-methods.ts'
import { textMethods } from './text-methods.ts'

export function callMethod(self: ExprValue, c: MethodCall): ExprValue {
  spend(c.budget, typeof self === 'string' ? 1 + self.length / 16 : 1, c.at)
  if (self === null) return fail('EXPR_NULL', { what: `${c.name}()` }, c.at)
  if (isSecretText(self)) return onSecret(c, self)
  if (isList(self)) return apply(listMethods, self, c) ?? unknown(self, c, [...listMethods.keys()])
  if (typeof self === 'object') return apply(mapMethods, self, c) ?? unknown(self, c, [...mapMethods.keys()])
  const asNumber = typeof self === 'number' ? apply(numberMethods, self, c) : undefined
  return asNumber ?? apply(textMethods, String(self), c) ?? unknown(self, c, [...textMethods.keys()])
}

function onSecret(c: MethodCall, self: ExprValue & object): ExprValue {
  const found = secretMethods.get(c.name)
  if (found !== undefined && isSecretText(self)) return run(found, self, c)
  if (textMethods.has(c.name)) return fail('EXPR_SECRET_OPAQUE', { what: `${c.name}()` }, c.at)
  return unknown(self as ExprValue, c, [...secretMethods.keys()])
}

/** Undefined when the table has no such method; a method itself never answers undefined. */
function apply<Self>(table: MethodTable<Self>, self: Self, c: MethodCall): ExprValue | undefined {
  const found = table.get(c.name)
  return found === undefined ? undefined : (run(found, self, c) ?? undefined)
}

function run<Self>(method: Method<Self>, self: Self, c: MethodCall): ExprValue {
  checkCount(c, method.takes)
  return method.run(self, c)
}

function unknown(self: ExprValue, c: MethodCall, names: readonly string[]): never {
  const type = typeName(self)
  return fail('EXPR_UNKNOWN_METHOD', { type: type.charAt(0).toUpperCase() + type.slice(1), name: c.name }, c.at, {
    hint: didYouMean(c.name, names) ?? `known: ${names.join(', ')}`,
  })
}
