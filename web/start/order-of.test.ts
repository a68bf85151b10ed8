import { describe, expect, it } from 'vitest'
import type { PipelineForm } from '../api/types.ts'
import { orderOf } from './order-of.ts'

const form: PipelineForm = {
  inputs: [{ path: 'tag' }, { path: 'kind', default: 'a', oneOf: ['a', 'b'] }, { path: 'zones', someOf: ['x', 'y', 'z'] }],
  variables: [{ name: 'level', type: 'String', value: 'info' }],
  stages: [{ identifier: 'one', name: 'One' }],
  branches: ['main'],
  secrets: [],
}

function filled(values: Readonly<Record<string, readonly string[]>>) {
  return { get: (name: string) => values[name]?.[0] ?? null, getAll: (name: string) => values[name] ?? [] }
}

describe('what a form orders', () => {
  it('is what a person has said', () => {
    const values = { 'input:tag': ['1'], 'input:kind': ['b'], 'input:zones': ['x', 'z'], 'variable:level': ['debug'], stage: ['one'], branch: ['main'] }
    expect(orderOf('p', form, filled(values))).toEqual({
      pipeline: 'p',
      inputs: { tag: '1', kind: 'b', zones: 'x,z' },
      variables: { level: 'debug' },
      stages: ['one'],
      branch: 'main',
    })
  })

  it('leaves defaults to the pipeline', () => {
    expect(orderOf('p', form, filled({ 'input:tag': ['1'], 'input:kind': ['a'] }))).toEqual({ pipeline: 'p', inputs: { tag: '1' }, variables: {}, stages: [] })
  })
})
