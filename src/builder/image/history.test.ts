import { describe, expect, it } from 'vitest'
import { dated, datedAlike } from './history.ts'

const base = [
  { created: 'long ago', created_by: 'ADD rootfs' },
  { created: 'less long ago', created_by: 'CMD sh', empty_layer: true },
]
const layer = { created_by: 'COPY a b' }
const word = { created_by: 'ENV A=1', empty_layer: true }
const at = (createdMs: number) => ({ createdMs })
const times = (lines: readonly { created?: string }[]) => lines.map(({ created }) => created)
const [one, two, now] = ['1970-01-01T00:00:00.001Z', '1970-01-01T00:00:00.002Z', '1970-01-01T00:00:00.009Z']

describe('history', () => {
  it('is as old as the layers, words as the layer before them or the first one after them', () => {
    const story = [...base, word, layer, word, layer, word]
    expect(times(dated(story, [{}, at(1), at(2)], 9))).toEqual(['long ago', 'less long ago', one, one, one, two, two])
  })

  it('is as old as its base where it adds no layer, and made now where there is nothing before', () => {
    expect(times(dated([...base, word], [{}], 9))).toEqual(['long ago', 'less long ago', 'less long ago'])
    expect(times(dated([word], [], 9))).toEqual([now])
  })

  it('finds its layers also on a base that tells less than it has', () => {
    expect(times(dated([word, layer, layer], [{}, {}, at(1), at(2)], 9))).toEqual([one, one, two])
  })

  it('is made now where the age of a layer is not known', () => {
    expect(times(dated([layer, word], [{}], 9))).toEqual([now, now])
  })

  it('leaves the lines of the base alone when all others get one time', () => {
    expect(times(datedAlike([...base, layer, word], 1))).toEqual(['long ago', 'less long ago', one, one])
  })
})
