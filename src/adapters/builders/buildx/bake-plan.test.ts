import { describe, expect, it } from 'vitest'
import { bakeOptions, bakePlan, exportedTargets } from './bake-plan.ts'
import { readBakeFile } from './bake-schema.ts'

const file = readBakeFile(
  JSON.stringify({
    group: { default: { targets: ['all'] }, all: { targets: ['api', 'web'] } },
    target: {
      base: { context: '.', dockerfile: 'Dockerfile.base', tags: ['acme/base'], output: ['type=registry'] },
      api: { context: 'api', contexts: { base: 'target:base' }, tags: ['acme/api:1', 'ghcr.io/acme/api:1'], platforms: ['linux/amd64'], secret: ['id=x'] },
      web: { 'dockerfile-inline': 'FROM busybox\n' },
    },
  }),
)

describe('the options of bake', () => {
  it('are targets, flags and values, one item each, without those that would push', () => {
    expect(bakeOptions(['web api', '--push', ' --set  *.args.V=a b', '--no-cache', '--progress=plain', '', '--load all'])).toEqual({
      kept: ['web', 'api', '--set', '*.args.V=a b', '--no-cache', 'all'],
      dropped: ['--push', '--progress=plain', '--load'],
    })
  })
})

describe('a bake file that was printed', () => {
  it('exports the targets that its groups name, or all of them', () => {
    expect(exportedTargets(file)).toEqual(['api', 'web'])
    expect(exportedTargets({ ...file, group: {} })).toEqual(['base', 'api', 'web'])
  })

  it('is built with an archive for each of them, with its contexts, and pushes nothing itself', () => {
    const contexts = new Map([
      ['busybox', 'oci-layout:///x@sha256:1'],
      ['base', 'never'],
    ])
    const plan = bakePlan(
      file,
      new Map([
        ['base', { contexts }],
        ['api', { contexts, output: { kind: 'archive', file: '/private/1.tar' } }],
        ['web', { contexts: new Map(), output: { kind: 'load', name: 'slipway.invalid/2:built' } }],
      ]),
    )
    expect(plan).toMatchInlineSnapshot(`
      {
        "target": {
          "api": {
            "args": {},
            "context": "api",
            "contexts": {
              "base": "target:base",
              "busybox": "oci-layout:///x@sha256:1",
            },
            "dockerfile": "Dockerfile",
            "output": [
              "type=oci,dest=/private/1.tar",
            ],
            "platforms": [
              "linux/amd64",
            ],
            "secret": [
              "id=x",
            ],
          },
          "base": {
            "args": {},
            "context": ".",
            "contexts": {
              "base": "never",
              "busybox": "oci-layout:///x@sha256:1",
            },
            "dockerfile": "Dockerfile.base",
            "platforms": [],
          },
          "web": {
            "args": {},
            "context": ".",
            "contexts": {},
            "dockerfile": "Dockerfile",
            "dockerfile-inline": "FROM busybox
      ",
            "output": [
              "type=docker",
            ],
            "platforms": [],
            "tags": [
              "slipway.invalid/2:built",
            ],
          },
        },
      }
    `)
  })

  it('says so when there is nothing to read', () => {
    for (const text of ['', 'null', '[]', '{"target": 5}']) expect(() => readBakeFile(text)).toThrow('cannot be used')
  })
})
