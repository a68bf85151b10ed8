import { describe, expect, it } from 'vitest'
import { familyName, familyNamed, familyNames, familyOfImage, familyOfProgram } from './family-names.ts'
import { families } from './vocabulary.ts'

describe('names of families', () => {
  it('are told apart, and read back', () => {
    expect(new Set(familyNames).size).toBe(families.length)
    expect(familyNames.map(familyNamed)).toEqual(families)
  })

  it.each([
    ['docker', 'docker', 'docker'],
    ['ecr', 'docker', 'ecr'],
    ['docker-gcr', 'docker', 'gcr'],
    ['drone-gar', 'docker', 'gar'],
    ['buildx', 'buildx', 'docker'],
    ['drone-buildx-acr', 'buildx', 'acr'],
    ['kaniko', 'kaniko', 'docker'],
    ['kaniko-docker', 'kaniko', 'docker'],
    ['Kaniko-ECR', 'kaniko', 'ecr'],
  ])('%s is the %s plugin for %s', (name, tool, variant) => {
    expect(familyNamed(name)).toEqual({ tool, variant })
  })

  it.each(['', 'heroku', 'kanikoecr', 'ecr-kaniko', 'drone-'])('"%s" is none', (name) => {
    expect(familyNamed(name)).toBe(undefined)
  })

  it.each([
    ['/bin/kaniko-ecr', 'kaniko-ecr'],
    ['/usr/local/bin/drone-docker', 'docker'],
    ['drone-buildx', 'buildx'],
    ['/opt/buildx-gcr.mjs', 'buildx-gcr'],
  ])('are taken from the program %s', (path, name) => {
    expect(familyName(familyOfProgram(path) ?? { tool: 'docker', variant: 'acr' })).toBe(name)
  })

  it.each(['/usr/bin/docker', '/bin/ecr', 'slipway', '/x/cli.ts', 'kaniko', 'drone-server'])('a program called %s says nothing', (path) => {
    expect(familyOfProgram(path)).toBe(undefined)
  })

  it.each([
    ['plugins/kaniko', 'kaniko'],
    ['plugins/kaniko-ecr:1.9.1', 'kaniko-ecr'],
    ['plugins/docker:20.14@sha256:0123', 'docker'],
    ['docker.io/plugins/ecr:20', 'ecr'],
    ['localhost:5000/plugins/buildx', 'buildx'],
    ['us-docker.pkg.dev/gar-prod-setup/harness-public/plugins/buildx-gar:1.3', 'buildx-gar'],
  ])('are taken from the image %s', (image, name) => {
    expect(familyName(familyOfImage(image) ?? { tool: 'docker', variant: 'acr' })).toBe(name)
  })

  it.each(['plugins/slack', 'plugins/heroku', 'acme/kaniko', 'myplugins/kaniko', 'plugins/docker/extra', 'plugins/drone-docker', 'docker:dind'])(
    'the image %s says nothing',
    (image) => {
      expect(familyOfImage(image)).toBe(undefined)
    },
  )
})
