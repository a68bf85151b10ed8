import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareAlpine } from './alpine.ts'
import { compareDebian } from './debian.ts'
import type { CompareVersions } from './order.ts'
import { comparePython } from './python.ts'
import { compareSemantic } from './semantic.ts'

/** From the oldest to the newest; what stands together is equal. */
const ladders: readonly (readonly [string, CompareVersions, readonly (readonly string[])[]])[] = [
  [
    'Debian',
    compareDebian,
    [
      ['1.0~rc1'],
      ['1.0~rc1-1'],
      ['1.0', '0:1.0', '1.0-0', '01.0'],
      ['1.0-1'],
      ['1.0-1+b1'],
      ['1.0-1.1'],
      ['1.0a'],
      ['1.0+dfsg'],
      ['1.0.1'],
      ['1.10'],
      ['1:0.1'],
    ],
  ],
  [
    'Alpine',
    compareAlpine,
    [
      ['1.0_alpha'],
      ['1.0_alpha2'],
      ['1.0_rc1'],
      ['1.0'],
      ['1.0-r0'],
      ['1.0-r10'],
      ['1.0_git20240101'],
      ['1.0_p'],
      ['1.0_p1'],
      ['1.0a'],
      ['1.0.1'],
      ['1.05'],
      ['1.1'],
      ['1.10'],
      ['006'],
    ],
  ],
  [
    'npm',
    compareSemantic,
    [
      ['1.0.0-0'],
      ['1.0.0-alpha'],
      ['1.0.0-alpha.1'],
      ['1.0.0-alpha.beta'],
      ['1.0.0-rc.2'],
      ['1.0.0-rc.10'],
      ['1.0.0', 'v1.0.0', '1.0.0+build'],
      ['1.0.1'],
      ['1.10.0'],
    ],
  ],
  [
    'PyPI',
    comparePython,
    [
      ['1.0.dev1'],
      ['1.0a1.dev1'],
      ['1.0a1', '1.0-alpha.1'],
      ['1.0rc1', '1.0c1'],
      ['1', '1.0', 'v1.0.0'],
      ['1.0+abc'],
      ['1.0+1'],
      ['1.0.post1', '1.0-1'],
      ['1.0.1'],
      ['1!0.1'],
    ],
  ],
]

describe.each(ladders)('versions of %s', (_, compare, ladder) => {
  it('stand in their order, whichever comes first', () => {
    const rungs = ladder.flatMap((equal, rung) => equal.map((version) => ({ version, rung })))
    for (const a of rungs)
      for (const b of rungs)
        expect([a.version, b.version, Math.sign(compare(a.version, b.version) ?? Number.NaN)]).toEqual([a.version, b.version, Math.sign(a.rung - b.rung)])
  })

  it('compare with any text, or say that it is none, without failing', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789.-_~:+abrcpv!') }), fc.constantFrom(...ladder.flat()))
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [there, back] = [compare(a, b), compare(b, a)]
        expect(there === undefined).toBe(back === undefined)
        if (there !== undefined) expect(Math.sign(there) + Math.sign(back ?? 0)).toBe(0)
      }),
    )
  })
})

it('knows texts that are no version', () => {
  expect([compareDebian('', '1'), compareDebian('a b', '1'), compareDebian('x:1', '1')]).toEqual([undefined, undefined, undefined])
  expect([compareAlpine('1.0bc', '1'), compareAlpine('latest', '1'), compareSemantic('1.0', '1.0.0'), compareSemantic('01.0.0', '1.0.0')]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect([comparePython('1.0-what', '1.0'), comparePython('', '1')]).toEqual([undefined, undefined])
})
