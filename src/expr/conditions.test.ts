/** Conditions, values known later, and secrets: where unknown is an answer. */
import { describe, expect, it } from 'vitest'
import { evaluateCondition, evaluateText } from './evaluate.ts'
import { scope, show, v } from './testdata/scope.ts'

describe('conditions', () => {
  it.each<[string, unknown]>([
    ['', true],
    ['true', true],
    ['<+pipeline.name> == "demo"', true],
    ['<+pipeline.name> == "demo" && <+pipeline.sequenceId> > 5', true],
    ['<+<+pipeline.name> == "x" || <+pipeline.nope> == "y">', false],
    ['<+pipeline.nope>', false],
    ['<+pipeline.nope.deeper> == null', true],
    ['<+pipeline.nope>.contains("x")', false],
    ['<+<+trigger.payload.x>.contains("y")> || <+pipeline.name> == "demo"', true],
    ['<+pipeline.variables.off>', false],
    ['<+pipeline.variables.off> == true', false],
    ['<+pipeline.stages> != null', true],
    ['"x"', true],
    ['0', false],
    ['<+steps.push.output.x> == "1"', 'later: step push has run'],
    ['<+pipeline.name', 'EXPR_UNCLOSED@0'],
    ['<+pipeline.name> == ', 'EXPR_SYNTAX@20'],
    ['<+pipeline.name> "x"', 'EXPR_SYNTAX@17'],
    ['<+pipeline.stages.my-stage.status> == "x"', 'EXPR_HYPHEN@2'],
    ['text.nope()', 'EXPR_UNKNOWN_METHOD@0'],
  ])('%s', (text, expected) => {
    expect(show(evaluateCondition(text, scope))).toEqual(expected)
  })
})

describe('values known later', () => {
  const until = 'later: step push has run'
  it.each<[string, unknown]>([
    ['<+steps.push.output>', until],
    ['a<+steps.push.output.x.y>b', until],
    ['<+steps.push.output.x + 1>', until],
    ['<+steps.push.output.x.split(",")[0]>', until],
    ['<+text.contains(<+steps.push.output.x>)>', until],
    ['<+steps.push.output.x ? 1 : 2>', until],
    ['<+steps.push.output.x ?: 1>', until],
    ['<+false && steps.push.output.x>', false],
    ['<+steps.push.output.x && false>', false],
    ['<+steps.push.output.x || true>', true],
    ['<+steps.push.output.x && true>', until],
    ['<+true ? "now" : steps.push.output.x>', 'now'],
    ['<+"v<+steps.push.output.x>">', until],
    ['<+pipeline.stages.<+steps.push.output.x>.status>', until],
    ['<+[1, steps.push.output.x]>', until],
    ['<+steps.push.output.x> <+nope>', 'EXPR_UNKNOWN_PATH@25'],
    ['<+steps.push.output.x + nope>', 'EXPR_UNKNOWN_PATH@24'],
  ])('%s', (text, expected) => {
    expect(show(evaluateText(text, scope))).toEqual(expected)
  })
})

describe('secrets', () => {
  const tok = '<+secrets.getValue("tok")>'
  it.each<[string, unknown]>([
    [tok, '<secret tok>'],
    [`user:${tok}@host`, 'user:<secret tok>@host'],
    [`<+"a" + ${tok} + "b">`, 'a<secret tok>b'],
    [`<+"a<+secrets.getValue("tok")>b">`, 'a<secret tok>b'],
    [`<+"a".concat(${tok}).concat("b")>`, 'a<secret tok>b'],
    [`<+${tok}.toString().concat("!")>`, '<secret tok>!'],
    [`<+${v}.token>`, '<secret tok>'],
    [`x=<+${v}.token>`, 'x=<secret tok>'],
    [`<+[${tok}, "b"].join("-")>`, '<secret tok>-b'],
    [`l=<+[${tok}]>`, 'l=["<secret tok>"]'],
    [`<+<+pipeline.name>=="demo"?${tok}:"x">`, '<secret tok>'],
    [`<+${tok} != null>`, true],
    [`<+${tok} ?? "x">`, '<secret tok>'],
    [`<+${tok} == "x">`, 'EXPR_SECRET_OPAQUE@2'],
    [`<+${tok}.length()>`, 'EXPR_SECRET_OPAQUE@2'],
    [`<+${tok}.trim()>`, 'EXPR_SECRET_OPAQUE@2'],
    [`<+text.contains(${tok})>`, 'EXPR_SECRET_OPAQUE@2'],
    [`<+text.equals(${tok})>`, 'EXPR_SECRET_OPAQUE@2'],
    [`<+${tok} ? 1 : 2>`, 'EXPR_SECRET_OPAQUE@2'],
    [`<+${tok} =~ "a.*">`, 'EXPR_SECRET_OPAQUE@2'],
    [`<+"a" =~ [${tok}]>`, 'EXPR_SECRET_OPAQUE@2'],
    [`<+${tok} < "x">`, 'EXPR_SECRET_OPAQUE@2'],
    [`<+size(${tok})>`, 'EXPR_SECRET_OPAQUE@2'],
    [`<+pipeline[${tok}]>`, 'EXPR_SECRET_OPAQUE@2'],
  ])('%s', (text, expected) => {
    expect(show(evaluateText(text, scope))).toEqual(expected)
  })
})
