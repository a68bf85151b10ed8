/** Finds the method of a value and calls it. There is no other way from a value to code. */
import { isSecretText, type SecretText } from '../../base/secret-text.ts'
import { didYouMean } from '../../text/suggest.ts'
import { fail, spend } from '../evaluation.ts'
import { type ExprValue, isList, typeName } from '../value.ts'
import { checkCount, type Method, type MethodCall, type MethodTable } from './method.ts'
import { listMethods, mapMethods, numberMethods, secretMethods } from './other-methods.ts'
import { textMethods } from './text-methods.ts'

export function callMethod(self: ExprValue, c: MethodCall): ExprValue {
  spend(c.budget, typeof self === 'string' ? 1 + self.length / 16 : 1, c.at)
  if (self === null) return fail('EXPR_NULL', { what: `${c.name}()` }, c.at)
  if (isSecretText(self)) return onSecret(self, c)
  if (isList(self)) return apply(listMethods, self, c)
  if (typeof self === 'object') return apply(mapMethods, self, c)
  if (typeof self === 'number' && numberMethods.has(c.name)) return apply(numberMethods, self, c)
  return apply(textMethods, String(self), c)
}

function onSecret(self: SecretText, c: MethodCall): ExprValue {
  const opaque = textMethods.has(c.name) && !secretMethods.has(c.name)
  return opaque ? fail('EXPR_SECRET_OPAQUE', { what: `${c.name}()` }, c.at) : apply(secretMethods, self, c)
}

function apply<Self extends ExprValue>(table: MethodTable<Self>, self: Self, c: MethodCall): ExprValue {
  const found = table.get(c.name)
  return found === undefined ? unknown(self, c, [...table.keys()]) : run(found, self, c)
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
