/** Looks over the token tree before it is composed: too deep or overloaded with tags means refusing it, since composing recurses. */
import type { CST } from 'yaml'
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { SourceFile } from '../text/source-file.ts'
import { yamlLimits } from './limits.ts'

type Visit = { readonly token: CST.Token; readonly depth: number }

/** The reason why `tokens` cannot be composed safely, if there is one. Iterative, so that depth does no harm here. */
export function refusal(tokens: readonly CST.Token[], file: SourceFile): Diagnostic | undefined {
  const open: Visit[] = tokens.map((token) => ({ token, depth: 0 }))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next
    if (depth > yamlLimits.depth) return diagnose('YAML_TOO_DEEP', { limit: yamlLimits.depth }, { at: file.span(token.offset, token.offset + 1) })
    if (token.type === 'document') {
      if (overloaded(token.start)) return tooManyProperties(token, file)
      if (token.value !== undefined) open.push({ token: token.value, depth })
    }
    if (token.type !== 'block-map' && token.type !== 'block-seq' && token.type !== 'flow-collection') continue
    for (const item of token.items as readonly CST.CollectionItem[]) {
      if (overloaded(item.start) || overloaded(item.sep ?? [])) return tooManyProperties(token, file)
      if (item.key) open.push({ token: item.key, depth: depth + 1 })
      if (item.value) open.push({ token: item.value, depth: depth + 1 })
    }
  }
  return undefined
}

function overloaded(tokens: readonly CST.SourceToken[]): boolean {
  let count = 0
  for (const token of tokens) if (token.type === 'anchor' || token.type === 'tag') count++
  return count > yamlLimits.properties
}

function tooManyProperties(token: CST.Token, file: SourceFile): Diagnostic {
  return diagnose('YAML_SYNTAX', { what: 'a value can have one anchor and one tag' }, { at: file.span(token.offset, token.offset + 1) })
}
