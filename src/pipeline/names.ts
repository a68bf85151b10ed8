/** The grammar of identifiers, names and variables, as Harness checks it. */
import { diagnose } from '../base/diagnostic.ts'
import { entryOf } from '../yaml/node.ts'
import { mapped } from '../yaml/shape/combine.ts'
import { type Required, required } from '../yaml/shape/field.ts'
import type { Shape } from '../yaml/shape/shape.ts'
import { text } from '../yaml/shape/text.ts'

export const identifierPattern = /^[a-zA-Z_][0-9a-zA-Z_]{0,127}$/
const namePattern = /^[a-zA-Z_0-9-.][-0-9a-zA-Z_\s.]{0,127}$/
export const variablePattern = /^[a-zA-Z_][0-9a-zA-Z_.$-]{0,127}$/
export const outputPattern = /^[a-zA-Z_][0-9a-zA-Z_]{0,127}$/

export const identifier = text({
  pattern: identifierPattern,
  patternName: 'an identifier: letters, digits and "_", not beginning with a digit, 128 characters at most',
  doc: 'Unique name for use in expressions and paths.',
})

/** As the editor of Harness makes one from a name: spaces become "_", what an identifier may not have is left out. Undefined when nothing is left. */
export function identifierFrom(name: string): string | undefined {
  const made = name
    .trim()
    .replace(/\s/g, '_')
    .replace(/[^0-9a-zA-Z_]/g, '')
    .replace(/^[0-9]+/, '')
    .slice(0, 128)
  return made === '' ? undefined : made
}

/**
 * The identifier that everything with a name has to have. Where it is missing the author is told the one that the name would make; it is not
 * taken by itself, because an identifier stays as it is when the name is changed.
 */
export const ownIdentifier: Required<string> = required(identifier, {
  suggest(map) {
    const name = entryOf(map, 'name')?.value
    const made = name?.kind === 'scalar' ? identifierFrom(name.source) : undefined
    return made === undefined ? undefined : `write it beside the name: identifier: ${made}`
  },
})

const anyName = text({ pattern: /[\s\S]{1,128}/, patternName: 'a name of 1 to 128 characters', doc: 'Name shown to people.' })

/** Nothing but people reads names, and the documentation of Harness itself has some with "(": only the length is a matter of right or wrong. */
export const displayName: Shape<string> = mapped(anyName, (name, { node, report, path }) => {
  if (!namePattern.test(name)) {
    const data = { path, expected: 'a name: letters, digits, spaces, "_", "-" and "."', found: name }
    report(diagnose('YAML_BAD_TEXT', data, { at: node.at, severity: 'warning', hint: 'it is taken as it is; the editor of Harness refuses such a name' }))
  }
  return name
})
