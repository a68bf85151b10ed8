import { describe, expect, it } from 'vitest'
import { mask } from './mask.ts'

describe('masking', () => {
  it.each([
    ['a // b\nc', 'a     \nc'],
    ['a /* b\nc */ d', 'a     \n     d'],
    [`x = 'it\\'s' + y`, `x = '     ' + y`],
    ['x = `a${b + `c${d}`}e`', 'x = ` ${b + ` ${d}`} `'],
    ['x = `${ {a: 1} } // no`', 'x = `${ {a: 1} }      `'],
    ['x = /[/"]\\/`/g.test(y) / 2', 'x = /       /g.test(y) / 2'],
    ['a / b / c', 'a / b / c'],
    ['return /"/', 'return / /'],
    ['(a) / 2 // "', '(a) / 2     '],
  ])('%j', (text, masked) => {
    expect(mask(text)).toBe(masked)
  })
})
