/** What is said about expressions that cannot be read or computed. */
import { describe, expect, it } from 'vitest'
import { evaluateText } from './evaluate.ts'
import { scope, show, v } from './testdata/scope.ts'

describe('failures', () => {
  it.each([
    ['<+pipeline.nme>', 'EXPR_UNKNOWN_PATH@2'],
    ['x <+nope> <+pipeline.nope>', 'EXPR_UNKNOWN_PATH@4 EXPR_UNKNOWN_PATH@12'],
    ['<+pipeline.name', 'EXPR_UNCLOSED@0'],
    ['a <+ b <+c>', 'EXPR_SYNTAX@7'],
    ['<+>', 'EXPR_EMPTY@0'],
    ['<+ >', 'EXPR_EMPTY@0'],
    ['<+"abc>', 'EXPR_OPEN_QUOTE@2'],
    ['<+pipeline.>', 'EXPR_SYNTAX@11'],
    ['<+a b>', 'EXPR_SYNTAX@4'],
    ['<+(1 + 2>', 'EXPR_SYNTAX@9'],
    ['<+x = 1>', 'EXPR_STATEMENT@4'],
    ['<+var x = 1>', 'EXPR_STATEMENT@2'],
    ['<+new("java.lang.String")>', 'EXPR_STATEMENT@2'],
    ['<+for (x : y) z>', 'EXPR_STATEMENT@2'],
    ['<+(x) -> x>', 'EXPR_STATEMENT@6'],
    ['<+1; 2>', 'EXPR_STATEMENT@3'],
    ['<+{ 1 }>', 'EXPR_STATEMENT@2'],
    ['<+pipeline.stages.my-stage.name>', 'EXPR_HYPHEN@2'],
    ['<+pipeline.stages>', 'EXPR_NO_VALUE@2'],
    ['<+null.length()>', 'EXPR_NULL@2'],
    [`<+${v}.nothing.x>`, 'EXPR_NULL@2'],
    ['<+text.getClass()>', 'EXPR_UNKNOWN_METHOD@2'],
    ['<+text.contain("x")>', 'EXPR_UNKNOWN_METHOD@2'],
    ['<+text.contains()>', 'EXPR_BAD_ARGUMENT@2'],
    ['<+text.substring("x")>', 'EXPR_BAD_ARGUMENT@2'],
    ['<+text.substring(99)>', 'EXPR_OUT_OF_RANGE@2'],
    [`<+${v}.list[9]>`, 'EXPR_OUT_OF_RANGE@2'],
    ['<+[1] * 2>', 'EXPR_BAD_OPERAND@2'],
    ['<+"x" * 2>', 'EXPR_BAD_OPERAND@2'],
    ['<+1 / 0>', 'EXPR_DIVISION_BY_ZERO@6'],
    ['<+secrets.getValu("x")>', 'EXPR_UNKNOWN_FUNCTION@2'],
    ['<+secrets.getValue("")>', 'EXPR_BAD_ARGUMENT@2'],
    ['<+nofun(1)>', 'EXPR_UNKNOWN_FUNCTION@2'],
    ['<+xml.select("/a", text)>', 'EXPR_NOT_SUPPORTED@2'],
    ['<+json.select("a", text)>', 'EXPR_JSON@2'],
    [`<+json.select("data.none", ${v}.json)>`, 'EXPR_JSON@2'],
    ['<+text.matches("(a")>', 'EXPR_REGEX@2'],
    ['<+text.matches("(?=a)")>', 'EXPR_REGEX@2'],
    ['<+text =~ "a{5000}{5000}">', 'EXPR_REGEX@2'],
    [`<+${v}.loopA>`, 'EXPR_LOOP@2'],
    [`x <+${v}.broken>`, 'EXPR_UNKNOWN_PATH@4'],
    [`<+${'('.repeat(300)}1>`, 'EXPR_TOO_DEEP@202'],
    [`<+${'!'.repeat(300)}1>`, 'EXPR_TOO_DEEP@202'],
    [`<+"${'x'.repeat(1000)}".repeat(300)>`, 'EXPR_TOO_LARGE@2'],
  ])('%s', (text, expected) => {
    expect(show(evaluateText(text, scope))).toBe(expected)
  })

  const first = (text: string) => {
    const result = evaluateText(text, scope)
    return result.kind === 'failed' ? result.problems[0]?.diagnostic : undefined
  }

  it('name what is unknown and what is near', () => {
    expect(first('<+pipeline.variables.evn>')).toMatchObject({
      message: '"pipeline.variables.evn" is not known: "pipeline.variables" has no "evn"',
      hint: 'did you mean "env"?',
    })
    expect(first('<+pipelin.name>')).toMatchObject({ message: '"pipelin" is not known: an expression has no "pipelin"', hint: 'did you mean "pipeline"?' })
    expect(first('<+text.contain("x")>')?.hint).toBe('did you mean "contains"?')
    expect(first('<+secrets.getValu("x")>')?.hint).toBe('did you mean "secrets.getValue"?')
    expect(first(`<+${v}.broken>`)?.message).toContain('(in the value of pipeline.variables.broken)')
    expect(first(`<+${v}.loopA>`)?.hint).toBe('pipeline.variables.loopA refers to pipeline.variables.loopB refers to pipeline.variables.loopA')
  })

  it('explain how to write a name with a hyphen', () => {
    expect(first('<+pipeline.stages.my-stage.name>')?.hint).toBe('for the name "my-stage" write pipeline.stages["my-stage"]')
  })
})
