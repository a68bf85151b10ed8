/** The embedded registry against the OCI distribution specification 1.1, sentence by sentence; every endpoint and every error code is met. */
import { describe, expect, it } from 'vitest'
import { specClient } from '../../../../test/support/registry/spec-client.ts'
import { faultStatus } from '../reply.ts'
import { discovery, management } from './discovery.testing.ts'
import { errors } from './errors.testing.ts'
import { pushManifests } from './manifests.testing.ts'
import { pull } from './pull.testing.ts'
import { pushBlobs } from './push.testing.ts'

const sentences = [...pull, ...pushBlobs, ...pushManifests, ...discovery, ...management, ...errors]

/** Codes that this registry has no occasion for: nobody is known but not allowed, and nobody is asked to slow down. */
const noOccasion = { 'code-12': 'DENIED', 'code-14': 'TOOMANYREQUESTS' } as const

describe.each([...Map.groupBy(sentences, (one) => one.section)])('%s', (_section, own) => {
  it.each(own)('$level: $says', async ({ check }) => check(await specClient()))
})

describe('the tables of the specification', () => {
  const covered = new Set(sentences.flatMap((one) => one.covers))
  const endpoints = ['1', '2', '3', '4a', '4b', '5', '6', '7', '8a', '8b', '9', '10', '11', '12a', '12b', '13'].map((id) => `end-${id}`)
  const codes = Array.from({ length: 14 }, (_, i) => `code-${i + 1}`)

  it('have no endpoint that no sentence exercises', () => {
    expect(endpoints.filter((id) => !covered.has(id))).toEqual([])
  })

  it('have no error code that no sentence meets, but those without an occasion', () => {
    expect(codes.filter((id) => !covered.has(id))).toEqual(Object.keys(noOccasion))
    expect(Object.keys(faultStatus)).toEqual(expect.arrayContaining(Object.values(noOccasion)))
  })

  it('are all that the sentences speak of', () => {
    expect([...covered].filter((id) => !endpoints.includes(id) && !codes.includes(id))).toEqual([])
  })
})
