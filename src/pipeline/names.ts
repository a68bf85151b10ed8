/** The grammar of identifiers, names and variables, as Harness checks it. */
import { diagnose } from '../base/diagnostic.ts'
import { mapped } from '../yaml/shape/combine.ts'
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

const anyName = text({ pattern: /[\s\S]{1,128}/, patternName: 'a name of 1 to 128 characters', doc: 'Name shown to people.' })

/** Nothing but people reads names, and the documentation of Harness itself has some with "(": only the length is a matter of right or wrong. */
export const displayName: Shape<string> = mapped(anyName, (name, { node, report, path }) => {
  if (!namePattern.test(name)) {
    const data = { path, expected: 'a name: letters, digits, spaces, "_", "-" and "."', found: name }
    report(diagnose('YAML_BAD_TEXT', data, { at: node.at, severity: 'warning', hint: 'it is taken as it is; the editor of Harness refuses such a name' }))
  }
  return name
})
