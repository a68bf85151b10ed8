import fc from 'fast-check'
import { expect, it } from 'vitest'
import { comparePaths } from './node.ts'

const byBytes = (a: string, b: string) => Math.sign(Buffer.compare(Buffer.from(a.replaceAll('/', '\0')), Buffer.from(b.replaceAll('/', '\0'))))

it('orders paths by the bytes of their parts, whatever letters they are of', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '/', 'é', '\u{ffee}', '\u{1f600}', '\u{d7ff}', '\u{e000}'), maxLength: 8 })
  fc.assert(fc.property(part, part, (a, b) => Math.sign(comparePaths(a, b)) === byBytes(a, b)))
  expect(['a.b', 'a/b', 'a', 'a-b'].sort(comparePaths)).toEqual(['a', 'a/b', 'a-b', 'a.b'])
})
