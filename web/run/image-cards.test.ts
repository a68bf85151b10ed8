import { describe, expect, it } from 'vitest'
import { imageCards } from './image-cards.ts'

const digest = `sha256:${'ab'.repeat(32)}`

describe('images of a step', () => {
  it('are one card for each digest, with their names under each registry', () => {
    const cards = imageCards({
      built: { digest, bytes: 12_000_000, layers: 3, cached: 2 },
      delivered: [
        { ref: 'acme/app:1', digest, bytes: 12 },
        { ref: 'ghcr.io/acme/app:1', digest, bytes: 12 },
        { ref: 'ghcr.io/acme/app:latest', digest, bytes: 12 },
        { ref: 'localhost:5000/app', digest, bytes: 12 },
      ],
      published: {
        registryType: 'Docker',
        registryUrl: 'https://ghcr.io',
        images: [{ image: 'ghcr.io/acme/app:1', digest, link: 'https://ghcr.io/acme/app' }],
      },
    })
    expect(cards).toEqual([
      {
        digest,
        facts: ['12.0 MB', '3 layers', '2 from the cache'],
        registries: [
          { host: 'docker.io', names: [{ ref: 'acme/app:1', tag: '1' }] },
          {
            host: 'ghcr.io',
            names: [
              { ref: 'ghcr.io/acme/app:1', tag: '1', link: 'https://ghcr.io/acme/app' },
              { ref: 'ghcr.io/acme/app:latest', tag: 'latest' },
            ],
          },
          { host: 'localhost:5000', names: [{ ref: 'localhost:5000/app', tag: 'digest' }] },
        ],
      },
    ])
  })

  it('show what was built and pushed nowhere, and what was published by another engine', () => {
    expect(imageCards({ built: { digest, bytes: 5, layers: 1, cached: 0 }, delivered: [] })).toEqual([{ digest, facts: ['5 B', '1 layer'], registries: [] }])
    const [card] = imageCards({ delivered: [], published: { registryType: 'Docker', registryUrl: '', images: [{ image: 'quay.io/a/b:2', digest }] } })
    expect(card?.registries).toEqual([{ host: 'quay.io', names: [{ ref: 'quay.io/a/b:2', tag: '2' }] }])
  })
})
