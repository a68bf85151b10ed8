/** The grammar of identifiers, names and variables, as Harness checks it. */
import { text } from '../yaml/shape/text.ts'

export const identifierPattern = /^[a-zA-Z_][0-9a-zA-Z_]{0,127}$/
export const namePattern = /^[a-zA-Z_0-9-.][-0-9a-zA-Z_\s.]{0,127}$/
export const variablePattern = /^[a-zA-Z_][0-9a-zA-Z_.$-]{0,127}$/
export const outputPattern = /^[a-zA-Z_][0-9a-zA-Z_]{0,127}$/

export const identifier = text({
  pattern: identifierPattern,
  patternName: 'an identifier: letters, digits and "_", not beginning with a digit, 128 characters at most',
  doc: 'Unique name for use in expressions and paths.',
})

export const displayName = text({
  pattern: namePattern,
  patternName: 'a name: letters, digits, spaces, "_", "-" and ".", 128 characters at most',
  doc: 'Name shown to people.',
})
