/** YAML text to nodes: places, exact sources, messages, limits, and no text that throws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../base/diagnostic.ts'
import { sourceFile } from '../text/source-file.ts'
import { yamlLimits } from './limits.ts'
import { entryOf, type YamlNode } from './node.ts'
import { parseYaml } from './parse.ts'
import { nodeToJson } from './to-json.ts'

const parse = (text: string) => parseYaml(sourceFile('p.yaml', text))
const json = (text: string) => parse(text).documents.map(nodeToJson)
const brief = (d: Diagnostic) => `${d.code} ${d.at?.line}:${d.at?.col}`
const complaints = (text: string) => parse(text).diagnostics.map(brief)

describe('values', () => {
  it.each<[string, unknown]>([
    ['a: 1', { a: 1 }],
    ['a: yes', { a: 'yes' }],
    ['a: 012', { a: 12 }],
    ['a: 0o14', { a: 12 }],
    ['a: 1.10', { a: 1.1 }],
    ['a: ~\nb: null\nc:', { a: null, b: null, c: null }],
    ['a: 123456789012345678901', { a: '123456789012345678901' }],
    ['a: .inf', { a: '.inf' }],
    ['8080: x\ntrue: y\n~: z', { 8080: 'x', true: 'y', '~': 'z' }],
    ['a: !!str 1', { a: '1' }],
    ['a: |\n  one\n  two\n', { a: 'one\ntwo\n' }],
    ['a: >-\n  one\n  two\n', { a: 'one two' }],
    ['a: <+pipeline.sequenceId>', { a: '<+pipeline.sequenceId>' }],
    ['{"a": {"b": [1, true, null, "x\\n"]}}', { a: { b: [1, true, null, 'x\n'] } }],
    ['a: 1\r\nb:\r\n  - x\r\n', { a: 1, b: ['x'] }],
    ['\ufeffa: 1', { a: 1 }],
    ['b: &b {x: 1, y: 2}\nc: {<<: *b, y: 3}', { b: { x: 1, y: 2 }, c: { x: 1, y: 3 } }],
    ['a: &a {x: 1}\nb: &b {x: 2, z: 0}\nc: {<<: [*a, *b]}', { a: { x: 1 }, b: { x: 2, z: 0 }, c: { x: 1, z: 0 } }],
    ['"<<": 1', { '<<': 1 }],
    ['__proto__: 1\nconstructor: 2', JSON.parse('{"__proto__": 1, "constructor": 2}')],
  ])('%j', (text, value) => {
    expect(json(text)).toEqual([value])
    expect(complaints(text)).toEqual([])
  })

  it('keeps what was written: account ids, versions and old booleans', () => {
    const map = parse('id: 012345678901\nversion: 1.10\nok: yes\nq: "a\\tb"').documents[0]
    const sources = ['id', 'version', 'ok', 'q'].map((key) => entryOf(map, key)?.value).map((v) => (v?.kind === 'scalar' ? v.source : undefined))
    expect(sources).toEqual(['012345678901', '1.10', 'yes', 'a\tb'])
  })

  it('gives several documents and leaves out those in which nothing is written', () => {
    expect(json('# licence\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n')).toEqual([{ a: 1 }, { b: 2 }])
    expect(json('')).toEqual([])
    expect(json('null')).toEqual([null])
  })
})

describe('places', () => {
  it('has exact spans for keys, scalars and collections', () => {
    const root = parse('a:\n  - name: "x y"\n    run: |\n      echo\n').documents[0]
    const first = entryOf(root, 'a')?.value as YamlNode & { kind: 'seq' }
    const name = entryOf(first.items[0], 'name')
    expect(name?.keyAt).toMatchObject({ line: 2, col: 5, endCol: 9 })
    expect(name?.value.at).toMatchObject({ line: 2, col: 11, endLine: 2, endCol: 16 })
    expect(entryOf(first.items[0], 'run')?.value.at).toMatchObject({ line: 3, col: 10 })
  })

  it('has exact spans in JSON and after CRLF', () => {
    const root = parse('{\r\n  "a": [10,\r\n    20]\r\n}').documents[0]
    const list = entryOf(root, 'a')?.value as YamlNode & { kind: 'seq' }
    expect(list.items[1]?.at).toMatchObject({ line: 3, col: 5, endCol: 7 })
  })
})

describe('complaints', () => {
  it.each<[string, string[]]>([
    ['a: 1\n\tb: 2\n', ['YAML_TAB_INDENT 2:1']],
    ['a:\n\t- x\n', ['YAML_TAB_INDENT 2:1']],
    ['a: @x', ['YAML_NEEDS_QUOTES 1:4']],
    ['a: b: c', ['YAML_NEEDS_QUOTES 1:4']],
    ['a: 1\n  b: 2', ['YAML_BAD_INDENT 1:4']],
    ['a: 1\nb\nc: 2', ['YAML_BROKEN_KEY 2:1']],
    ['a: {{ x }}', ['YAML_KEY_NOT_TEXT 1:5']],
    ['a: 1\nb: 2\na: 3\n', ['YAML_DUPLICATE_KEY 3:1']],
    ['x: *.js', ['YAML_ALIAS_UNKNOWN 1:4']],
    ['a: &a [*a]', ['YAML_ALIAS_LOOP 1:8']],
    ['a: !Ref x', ['YAML_TAG_IGNORED 1:4']],
    ['a: "\\q"', ['YAML_BAD_ESCAPE 1:5']],
    ['a: "x\nb: 2', ['YAML_OPEN_QUOTE 1:4']],
    ["a: 'x\nb: 2", ['YAML_OPEN_QUOTE 1:4']],
    ['a: [1, 2\nb: 3', ['YAML_SYNTAX 2:1']],
    [': x', ['YAML_KEY_EMPTY 1:1']],
    ['<<: 1', ['YAML_MERGE_NOT_MAP 1:1']],
    ['a: @\nb: `\nc: %\n', ['YAML_NEEDS_QUOTES 1:4', 'YAML_NEEDS_QUOTES 2:4', 'YAML_NEEDS_QUOTES 3:4']],
  ])('%j', (text, expected) => {
    expect(complaints(text)).toEqual(expected)
  })

  it.each<[string, string]>([
    ['- a\nb: 1\nc: 2\nd:\n  - e: 1\n', 'YAML_BAD_INDENT 2:1'],
    ['  a:\n    - b\nc: 1\nd: 2\n', 'YAML_BAD_INDENT 3:1'],
    ['a:\n  - b: 1\n    c: 2\n d: 3\n e: 4\nf: 5\n', 'YAML_BAD_INDENT 4:2'],
    ['a:\n    - b\n  c: 1\n  d:\n    - e: f\n      g: h\n  i: j\n', 'YAML_BAD_INDENT 3:3'],
    ['a: {b: 1}}\nc: [1]]\nd: 3\n', 'YAML_SYNTAX 1:10'],
    ['a: [1]] b: c\n', 'YAML_SYNTAX 1:7'],
  ])('%j is one mistake, told once and without the names of tokens', (text, expected) => {
    expect(complaints(text)).toEqual([expected])
    expect(parse(text).diagnostics[0]?.message).not.toMatch(/token|scalar|-ind|stream|mapping/)
  })

  it('tells of a second mistake after one that ends nothing', () => {
    expect(complaints('a: "b" c\nd: "e" f\n')).toEqual(['YAML_SYNTAX 1:8', 'YAML_SYNTAX 2:8'])
    expect(complaints('a:\n    - b\n  c: 1\nd:\n    - b\n  c: 1\n')).toEqual(['YAML_BAD_INDENT 3:3', 'YAML_BAD_INDENT 6:3'])
    expect(complaints('  a: "b" c\nd: 1\n')).toEqual(['YAML_SYNTAX 1:10', 'YAML_BAD_INDENT 2:1'])
  })

  it('shows both places of a duplicate', () => {
    expect(parse('a: 1\nb: 2\na: 3\n').diagnostics[0]?.related).toEqual([{ message: 'first written here', at: expect.objectContaining({ line: 1, col: 1 }) }])
  })
})

describe('limits', () => {
  it('stops alias bombs and says so once', () => {
    let bomb = 'a: &a [x,x,x,x,x,x,x,x,x]\n'
    for (const c of 'bcdefghijklm') bomb += `${c}: &${c} [${Array(9).fill(`*${String.fromCharCode(c.charCodeAt(0) - 1)}`)}]\n`
    expect(complaints(bomb)).toEqual(['YAML_ALIAS_LIMIT 6:8'])
  })

  it('refuses depth, tag chains, giant texts and giant files', () => {
    expect(complaints('['.repeat(100_000))).toEqual([expect.stringMatching(/^YAML_TOO_DEEP/)])
    expect(complaints('!!str '.repeat(50_000))).toEqual([expect.stringMatching(/^YAML_SYNTAX/)])
    expect(complaints(`a: ${'x'.repeat(yamlLimits.scalarLength + 1)}`)).toEqual(['YAML_TEXT_TOO_LONG 1:4'])
    expect(complaints(' '.repeat(yamlLimits.fileLength + 1))).toEqual(['YAML_TOO_LARGE 1:1'])
  })

  it('shows a hundred problems and counts the rest', () => {
    const found = parse('a: @\n'.repeat(500)).diagnostics
    expect(found).toHaveLength(101)
    expect(found.at(-1)?.code).toBe('YAML_MORE')
  })

  it('reads ten thousand steps', () => {
    const step = (i: number) =>
      `  - step:\n      type: Run\n      identifier: s${i}\n      spec:\n        image: alpine\n        command: |-\n          echo ${i}\n          ${'x'.repeat(180)}\n`
    const { documents, diagnostics } = parse(`steps:\n${Array.from({ length: 10_000 }, (_, i) => step(i)).join('')}`)
    expect(diagnostics).toEqual([])
    const steps = entryOf(documents[0], 'steps')?.value
    expect(steps?.kind === 'seq' && steps.items.length).toBe(10_000)
  })
})

describe('any text', () => {
  const pieces = [
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '\t',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ',',
    '#',
    '&a ',
    '*a',
    '!t ',
    '|',
    '>',
    '?',
    '%',
    '---',
    '...',
    '<<',
    '\\',
    '\r',
    '\u0000',
    '\ufeff',
    '1',
    '\u{1f600}',
  ]
  it('never throws, and every place is inside the text', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((p) => p.join('')),
    )
    fc.assert(
      fc.property(anyText, (text) => {
        const file = sourceFile('f', text)
        const { documents, diagnostics } = parseYaml(file)
        for (const d of diagnostics) expect(d.at?.line ?? 1).toBeLessThanOrEqual(file.lineCount)
        documents.map(nodeToJson)
      }),
      { numRuns: 2000 },
    )
  })

  it('reads back any JSON', () => {
    // Integers a number cannot hold exactly stay text, digit by digit.
    const exact = fc.jsonValue({ maxDepth: 4 }).filter((value) => !/\d{16}/.test(JSON.stringify(value)))
    fc.assert(
      fc.property(exact, (value) => {
        const plain = JSON.parse(JSON.stringify(value))
        expect(parse(JSON.stringify(value)).diagnostics).toEqual([])
        if (plain !== null) expect(json(JSON.stringify(value, null, 2))).toEqual([plain])
      }),
    )
  })
})
