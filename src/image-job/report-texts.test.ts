import { describe, expect, it } from 'vitest'
import { golden } from '../../test/support/golden.ts'
import { artifactLink } from './artifact-link.ts'
import { artifactText, cardText, digestText, metadataText, namesText, outputsText, type ReportFacts } from './report-texts.ts'

const digest = `sha256:${'a'.repeat(64)}`
const older = `sha256:${'b'.repeat(64)}`
const pushed = [
  { ref: 'acme/app:1', digest },
  { ref: 'acme/app:latest', digest },
  { ref: 'ghcr.io/acme/app:1', digest: older },
]

const facts: ReportFacts = {
  descriptor: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 420 },
  bytes: 1_234_567,
  config: { digest: `sha256:${'c'.repeat(64)}`, created: '2026-01-02T03:04:05Z', architecture: 'amd64', os: 'linux' },
  named: pushed,
  pushed,
  registryType: 'Docker',
  registryUrl: 'https://index.docker.io/v1/?a=<b>&c',
  link: 'https://hub.docker.com/r/acme/app/tags?name=1',
  outputs: { digest, IMAGE_TAR_PATH: '/harness/a "b" $c.tar', layers: '3', duration: '0.100', note: 'two\nlines' },
}

describe('reports of an image', () => {
  it.each([
    ['artifact.json', artifactText],
    ['digest.txt', digestText],
    ['names.txt', (f: ReportFacts) => namesText(f, { tags: false })],
    ['names-with-tags.txt', (f: ReportFacts) => namesText(f, { tags: true })],
    ['metadata.json', metadataText],
    ['card.json', cardText],
    ['outputs.env', outputsText],
  ])('are byte for byte what programs of others read: %s', (name, text) => {
    golden(new URL(`./testdata/reports/${name}`, import.meta.url), text(facts))
  })

  it('list nothing as pushed when nothing was', () => {
    expect(JSON.parse(artifactText({ ...facts, pushed: [] }))).toMatchObject({ kind: 'docker/v1', data: { images: [] } })
  })

  it('of an index speak of the index', () => {
    const { config: _, ...index } = facts
    expect(JSON.parse(metadataText(index))).not.toHaveProperty(['containerimage.config.digest'])
    expect(JSON.parse(cardText(index))).toMatchObject({ data: { Id: digest, Architecture: '' } })
  })
})

describe('the link to an image', () => {
  it.each([
    ['acme/app:1', 'https://hub.docker.com/r/acme/app/tags?name=1'],
    ['busybox:1', 'https://hub.docker.com/_/busybox/tags?name=1'],
    ['ghcr.io/acme/app:1', 'https://ghcr.io/acme/app'],
    ['us-docker.pkg.dev/p/r/app:1', 'https://us-docker.pkg.dev/p/r/app:1'],
    [
      '012345678901.dkr.ecr.eu-west-1.amazonaws.com/app:1',
      'https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/012345678901/app?region=eu-west-1',
    ],
    ['acme.azurecr.io/app:1', 'https://acme.azurecr.io'],
    ['registry.example:5000/app:1', 'https://registry.example:5000'],
  ])('of %s is %s', (image, link) => {
    expect(artifactLink(image)).toBe(link)
  })
})
