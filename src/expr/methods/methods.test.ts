/** Methods of texts, lists, maps and numbers; and that nothing leads from a value to the program. */
import { describe, expect, it } from 'vitest'
import { evaluateText } from '../evaluate.ts'
import { scope, show, v } from '../testdata/scope.ts'

describe('methods', () => {
  it.each<[string, unknown]>([
    ['text.length()', 11],
    ['text.substring(6)', 'World'],
    ['text.substring(0,5)', 'Hello'],
    ['text.substring(text.indexOf("W"))', 'World'],
    ['text.charAt(4)', 'o'],
    ['text.indexOf("o")', 4],
    ['text.indexOf("o", 5)', 7],
    ['text.lastIndexOf("o")', 7],
    ['text.replace("l", "L")', 'HeLLo WorLd'],
    ['text.replace("l", "$&")', 'He$&$&o Wor$&d'],
    ['"ab".replace("", "-")', '-a-b-'],
    ['"".replace("", "-")', '-'],
    ['text.replaceAll("[aeiou]", "*")', 'H*ll* W*rld'],
    ['text.replaceAll("(\\w+) (\\w+)", "$2 $1")', 'World Hello'],
    ['text.replaceFirst("o", "0")', 'Hell0 World'],
    ['text.concat("!")', 'Hello World!'],
    ['text.toLowerCase().toUpperCase()', 'HELLO WORLD'],
    ['"  x ".trim()', 'x'],
    ['"  x ".strip().isEmpty()', false],
    ['" ".isBlank()', true],
    ['text.equals("Hello World")', true],
    ['text.equalsIgnoreCase("hello world")', true],
    ['text.startsWith("Hell") && text.endsWith("ld")', true],
    ['text.matches("H.*d")', true],
    ['text.matches("Hello")', false],
    ['"a".compareTo("c")', -2],
    ['"ab".repeat(3)', 'ababab'],
    ['"a,b,,".split(",")', ['a', 'b']],
    ['"a,b,,".split(",", -1)', ['a', 'b', '', '']],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['"5.6.0".split("\\\\.")[1]', '6'],
    ["'5.6.0'.split('\\.')[1]", '6'],
    ['"abc".split("")', ['a', 'b', 'c']],
    ['"".split(",")', ['']],
    ['[1,2,3].contains(2)', true],
    ['["a","b"].indexOf("b")', 1],
    ['["a","b"].join("-")', 'a-b'],
    ['[1,[2]].toString()', '[1,[2]]'],
    ['[].isEmpty()', true],
    ['[1,2].size()', 2],
    ['{"a":1}.get("a")', 1],
    ['{"a":1}.get("b")', null],
    ['{"a":1}.getOrDefault("b", 2)', 2],
    ['{"a":1}.containsKey("b")', false],
    ['{"a":1}.keySet()', ['a']],
    ['{"a":1}.values()', [1]],
    ['pipeline.sequenceId.toString()', '7'],
    ['pipeline.sequenceId.length()', 1],
    ['pipeline.sequenceId.equals(7)', true],
    ['pipeline.variables.ratio.intValue()', 2],
    ['true.toString()', 'true'],
  ])('%s', (expression, expected) => {
    expect(show(evaluateText(`<+${expression}>`, scope))).toEqual(expected)
  })
})

describe('nothing leads to the program', () => {
  const names = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf', '__defineGetter__']
  it.each(names)('%s is no member and no method', (name) => {
    for (const object of ['text', `${v}.map`, `${v}.list`, 'pipeline', 'pipeline.sequenceId', '{"a":1}']) {
      const member = show(evaluateText(`<+${object}.${name}>`, scope))
      expect(member).toMatch(/^EXPR_UNKNOWN_PATH/)
      const indexed = show(evaluateText(`<+${object}["${name}"]>`, scope))
      expect(indexed).toMatch(/^EXPR_UNKNOWN_PATH/)
      if (name !== 'toString') expect(show(evaluateText(`<+${object}.${name}()>`, scope))).toMatch(/^EXPR_/)
    }
    expect(show(evaluateText(`<+${name}>`, scope))).toMatch(/^EXPR_UNKNOWN_PATH/)
    expect(show(evaluateText(`<+{"a":1}.get("${name}") == null>`, scope))).toBe(true)
    expect(show(evaluateText(`<+json.select("${name}", "{}")>`, scope))).toMatch(/^EXPR_JSON/)
  })
})
