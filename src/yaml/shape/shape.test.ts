/** Shapes: what they read, what they say about mistakes, the schema they write, and the types they infer. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Span } from '../../base/span.ts'
import { sourceFile } from '../../text/source-file.ts'
import { parseYaml } from '../parse.ts'
import { list, listOrOne, mapOf } from './collections.ts'
import { anyOf, described, lazy, located, mapped, orNull, scalarNode } from './combine.ts'
import { known, optional, required } from './field.ts'
import { jsonSchema } from './json-schema.ts'
import { record } from './record.ts'
import type { Shape, ShapeType } from './shape.ts'
import { choice, text } from './text.ts'
import { anyJson, flag, integer, number } from './values.ts'
import { onlyKey, tagged } from './variants.ts'

function read<T>(shape: Shape<T>, yaml: string): { value: T | undefined; said: string[]; full: Diagnostic[] } {
  const full: Diagnostic[] = []
  const node = parseYaml(sourceFile('p.yaml', yaml)).documents[0]
  if (node === undefined) throw new Error('no document')
  const value = shape.read(node, (d) => full.push(d), '')
  return { value, said: full.map((d) => `${d.code} ${d.at?.line}:${d.at?.col}`), full }
}

const step = record(
  {
    identifier: required(text({ pattern: /[A-Za-z_]\w*/, patternName: 'an identifier' })),
    name: optional(text({ doc: 'Shown to people.' })),
    retries: optional(integer({ min: 0, max: 9 }), 3),
    mode: optional(choice(['Fast', 'Slow'])),
    icon: known('nothing draws it'),
    quiet: known(),
  },
  { name: 'a step', doc: 'One step.' },
)

describe('record', () => {
  it('reads fields, fills defaults, leaves out what is absent', () => {
    expect(read(step, 'identifier: a\nname: 1.10\nquiet: x').value).toEqual({
      identifier: 'a',
      name: '1.10',
      retries: 3,
      at: expect.objectContaining({ line: 1 }),
    })
  })

  it('infers its type', () => {
    type Step = ShapeType<typeof step>
    expectTypeOf<Step['identifier']>().toEqualTypeOf<string>()
    expectTypeOf<Step['retries']>().toEqualTypeOf<number>()
    expectTypeOf<Step['mode']>().toEqualTypeOf<'Fast' | 'Slow' | undefined>()
    expectTypeOf<Step['at']>().toEqualTypeOf<Span>()
    expectTypeOf<{ identifier: string; retries: number; at: Span }>().toExtend<Step>()
    expectTypeOf<Step>().not.toHaveProperty('icon')
  })

  it('reports every problem of the map', () => {
    const { value, said, full } = read(step, 'identifer: a\nretries: many\nmode: fast\nicon: x\n')
    expect(value).toBeUndefined()
    expect(said).toEqual(['YAML_UNKNOWN_KEY 1:1', 'YAML_MISSING_KEY 1:1', 'YAML_NOT_A_NUMBER 2:10', 'YAML_NOT_A_CHOICE 3:7', 'YAML_KEY_NOT_USED 4:1'])
    expect(full[0]).toMatchObject({ message: 'Unknown key "identifer" in a step (line 1)', hint: 'did you mean "identifier"?' })
    expect(full[3]).toMatchObject({ message: '"mode" is "fast", but must be one of: Fast, Slow', hint: 'did you mean "Fast"?' })
  })

  it('counts an empty value as absent: a warning where optional, missing where required', () => {
    expect(read(step, 'identifier: a\nname:')).toMatchObject({ value: { identifier: 'a' }, said: ['YAML_EMPTY_VALUE 2:1'] })
    expect(read(step, 'identifier: a\nname: ~').said).toEqual([])
    expect(read(step, 'identifier:')).toMatchObject({ value: undefined, said: ['YAML_MISSING_KEY 1:1'] })
  })

  it('can warn of unknown keys or ignore them', () => {
    expect(read(record({}, { unknown: 'warning' }), 'x: 1')).toMatchObject({ value: { at: {} }, full: [{ severity: 'warning' }] })
    expect(read(record({}, { unknown: 'ignore' }), 'x: 1').said).toEqual([])
  })

  it('is not fooled by names of the prototype', () => {
    expect(read(step, 'identifier: a\nconstructor: 1\n__proto__: 2').said).toEqual(['YAML_UNKNOWN_KEY 2:1', 'YAML_UNKNOWN_KEY 3:1'])
  })
})

describe('values', () => {
  it.each<[Shape<unknown>, string, unknown, string[]]>([
    [text(), '012', '012', []],
    [text(), 'yes', 'yes', []],
    [text(), '[a]', undefined, ['YAML_WRONG_KIND 1:1']],
    [text({ nonEmpty: true }), '" "', undefined, ['YAML_EMPTY_TEXT 1:1']],
    [text({ pattern: /a|b/ }), 'abc', undefined, ['YAML_BAD_TEXT 1:1']],
    [number(), '"1.5"', 1.5, []],
    [integer(), '1.5', undefined, ['YAML_NOT_A_NUMBER 1:1']],
    [integer({ max: 3 }), '4', undefined, ['YAML_NOT_A_NUMBER 1:1']],
    [flag(), 'true', true, []],
    [flag(), '"false"', false, []],
    [flag(), 'yes', true, ['YAML_OLD_BOOLEAN 1:1']],
    [flag(), 'constructor', undefined, ['YAML_NOT_A_FLAG 1:1']],
    [anyJson(), '{a: [1, ~]}', { a: [1, null] }, []],
    [list(integer()), '[1, x, y]', undefined, ['YAML_NOT_A_NUMBER 1:5', 'YAML_NOT_A_NUMBER 1:8']],
    [list(text()), 'a', undefined, ['YAML_WRONG_KIND 1:1']],
    [listOrOne(text()), 'a', ['a'], []],
    [mapOf(text()), 'a: 1\nb:', new Map([['a', '1']]), ['YAML_EMPTY_VALUE 2:1']],
    [mapOf(orNull(text())), 'b:', new Map([['b', null]]), []],
    [anyOf({ scalar: text(), seq: list(text()) }), '[a]', ['a'], []],
    [anyOf({ scalar: text(), seq: list(text()) }), '{a: 1}', undefined, ['YAML_WRONG_KIND 1:1']],
    [mapped(text(), (t) => t.length), 'abc', 3, []],
    [located(flag()), 'true', { value: true, at: { file: 'p.yaml', line: 1, col: 1, endLine: 1, endCol: 5 } }, []],
  ])('%# %s', (shape, yaml, value, said) => {
    expect(read(shape, yaml)).toMatchObject({ value, said })
  })

  it('hands out the scalar itself', () => {
    expect(read(scalarNode(), '<+x>').value).toMatchObject({ kind: 'scalar', source: '<+x>' })
  })
})

describe('variants', () => {
  const entry = onlyKey({ step, parallel: list(text()) })
  const shapes = tagged({
    tag: 'type',
    cases: { Run: record({ command: required(text()) }), Plugin: mapped(record({ image: required(text()) }), (r) => ({ img: r.image })) },
  })

  it('reads the one key', () => {
    const { value } = read(entry, 'parallel: [a]')
    expect(value).toMatchObject({ key: 'parallel', value: ['a'] })
    if (value?.key === 'parallel') expectTypeOf(value.value).toEqualTypeOf<readonly string[]>()
  })

  it('names all keys when there is not exactly one', () => {
    expect(read(entry, 'step: {identifier: a}\nparallel: []').full).toMatchObject([
      { message: 'the document must hold exactly one of the keys "step", "parallel", not "step", "parallel"', at: { line: 2 } },
    ])
    expect(read(entry, 'stepp: {}').full).toMatchObject([{ code: 'YAML_ONE_KEY', hint: 'did you mean "step"?' }])
    expect(read(entry, '{}').said).toEqual(['YAML_ONE_KEY 1:1'])
  })

  it('discriminates by a tag and keeps it', () => {
    const { value } = read(shapes, 'type: Run\ncommand: ls')
    expect(value).toMatchObject({ type: 'Run', command: 'ls' })
    if (value?.type === 'Run') expectTypeOf(value.command).toEqualTypeOf<string>()
    expect(read(shapes, 'type: Plugin\nimage: x').value).toMatchObject({ type: 'Plugin', img: 'x' })
  })

  it('reports a missing, wrong or misspelt tag', () => {
    expect(read(shapes, 'command: ls').said).toEqual(['YAML_MISSING_KEY 1:1'])
    expect(read(shapes, 'type: run').full).toMatchObject([{ code: 'YAML_UNKNOWN_TAG_VALUE', hint: 'did you mean "Run"?' }])
    expect(read(shapes, 'type: [x]').said).toEqual(['YAML_WRONG_KIND 1:7'])
  })

  it('has a case for unknown words when asked', () => {
    const open = tagged({ tag: 'type', cases: {}, unknownCase: mapped(record({}, { unknown: 'ignore' }), () => ({ type: 'other' as const })) })
    expect(read(open, 'type: Zzz').value).toEqual({ type: 'other' })
  })
})

describe('schema', () => {
  interface Tree {
    readonly label: string
    readonly children?: readonly Tree[]
  }
  const tree: Shape<Tree> = lazy(() => record({ label: required(text({ doc: 'Its name.' })), children: optional(list(tree)) }, { name: 'tree' }))

  it('puts named shapes into $defs, so that recursion ends', () => {
    expect(jsonSchema(tree, { title: 'Trees' })).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Trees',
      $ref: '#/$defs/tree',
      $defs: {
        tree: {
          type: 'object',
          properties: {
            label: { type: ['string', 'number', 'boolean'], description: 'Its name.' },
            children: { type: 'array', items: { $ref: '#/$defs/tree' } },
          },
          required: ['label'],
          additionalProperties: false,
        },
      },
    })
    expect(read(tree, 'label: a\nchildren: [{label: b}]').value).toMatchObject({ label: 'a', children: [{ label: 'b' }] })
  })

  it('describes tags, single keys, choices and defaults', () => {
    const run = record({ mode: optional(choice(['A', 'B'], { doc: 'How.' }), 'A') })
    expect(tagged({ tag: 'type', cases: { Run: run } }).schema({ define: () => ({}) })).toEqual({
      oneOf: [
        {
          type: 'object',
          properties: { type: { const: 'Run' }, mode: { enum: ['A', 'B'], description: 'How.', default: 'A' } },
          required: ['type'],
          additionalProperties: false,
        },
      ],
    })
    expect(onlyKey({ a: flag() }).schema({ define: () => ({}) })).toEqual({
      oneOf: [{ type: 'object', properties: { a: { type: 'boolean' } }, required: ['a'], additionalProperties: false }],
    })
    expect(jsonSchema(described(text(), { name: 'word', doc: 'A word.' }))).toMatchObject({ $defs: { word: { description: 'A word.' } } })
  })
})
