/** Arbitrary settings for property tests: values of each kind as a codec can hold them. */
import fc from 'fast-check'
import { known } from '../base/planned.ts'
import { joinText, secretText, type Text } from '../base/secret-text.ts'
import { type AnySetting, collected } from './collect.ts'
import { type ImageSettings, rows, settingKeys } from './image-settings.ts'
import type { Kind, Values } from './row.ts'

export const anyText: fc.Arbitrary<Text> = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(',', ';', '=', ' ', '[', '"', '\\', '\n', '').map(String),
      fc.constantFrom('token', 'key').map(secretText),
    ),
    {
      maxLength: 4,
    },
  )
  .map((parts) => joinText(...parts))

const name = fc.string({ minLength: 1, maxLength: 10 }).filter((text) => !text.includes('='))
const pair = fc.record({ name, value: anyText }, { requiredKeys: ['name'] })
const texts = fc.array(anyText, { maxLength: 4 })
const host = fc.stringMatching(/^[a-z]{2,8}\.[a-z]{2,4}$/)

export const anyValue: { readonly [K in Kind]: fc.Arbitrary<Values[K]> } = {
  text: anyText,
  flag: fc.boolean(),
  count: fc.integer({ min: 0, max: 1e12 }),
  list: texts,
  semicolons: texts,
  specs: texts,
  hosts: fc.oneof(fc.constant(['*']), fc.array(host, { maxLength: 3 })),
  pairs: fc.array(pair, { maxLength: 4 }),
  'semicolon-pairs': fc.array(pair, { maxLength: 4 }),
}

export const anySettings: fc.Arbitrary<ImageSettings> = fc
  .array(
    fc.constantFrom(...settingKeys).chain((key) => {
      const value: fc.Arbitrary<Values[Kind]> = anyValue[rows[key]?.kind ?? 'text']
      return value.map((v): readonly [typeof key, AnySetting] => [key, { value: known(v), origin: { kind: 'step-env', name: key } }])
    }),
    { maxLength: 30 },
  )
  .map((entries) => collected(new Map(entries)))
