import { describe, expect, it } from 'vitest'
import { known } from '../base/planned.ts'
import { type Family, families, variants } from '../settings/vocabulary.ts'
import { at, both, codesOf, docker, fieldSettings, job, plan, settingsOf, type Vars } from './job.testing.ts'
import type { JobContext } from './job-from.ts'

const full: Vars = { PLUGIN_REPO: 'r.io/acme/app', PLUGIN_REGISTRY: 'r.io' }
const kinds = (vars: Vars, family: Family = docker) => job(settingsOf({ ...full, ...vars }, family), { family, images: () => [] }).outputs.map((o) => o.kind)

describe.each(families)('modes of $tool for $variant', (family) => {
  it.each([
    [{}, ['registry']],
    [{ PLUGIN_NO_PUSH: 'true' }, ['load']],
    [{ PLUGIN_DRY_RUN: 'true' }, ['load']],
    [{ PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'a.tar' }, ['archive', 'load']],
    [{ PLUGIN_TAR_PATH: 'a.tar' }, ['registry', 'archive']],
    [{ PLUGIN_DESTINATION_TAR_PATH: 'a.tar', PLUGIN_OCI_LAYOUT_PATH: 'l' }, ['registry', 'archive', 'oci-layout']],
    [{ PLUGIN_BUILDX_LOAD: 'true' }, ['registry', 'load']],
    [{ PLUGIN_NO_PUSH: 'true', PLUGIN_BUILDX_LOAD: 'true' }, ['load']],
    [{ PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'a.tar' }, ['registry']],
    [{ PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'a:1' }, ['registry']],
  ] as const)('%j delivers to %j', (vars, expected) => {
    expect(kinds(vars as Vars, family)).toEqual(expected)
  })

  it.each([
    [{ PLUGIN_NO_PUSH: 'true', PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'a:1' }, 'JOB_NO_PUSH_AND_PUSH_ONLY'],
    [{ PLUGIN_BAKE_FILE: 'b.hcl', PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'a:1' }, 'JOB_BAKE_AND_PUSH_ONLY'],
    [{ PLUGIN_PUSH_ONLY: 'true' }, 'JOB_SOURCE_MISSING'],
    [{ PLUGIN_REPO: '' }, 'JOB_REPO_MISSING'],
    [{ PLUGIN_REPO: '', PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'a:1' }, 'JOB_REPO_MISSING'],
    [{ PLUGIN_TAR_PATH: 'x', PLUGIN_BUILDX_OUTPUT_FORMAT: 'zip' }, 'JOB_ARCHIVE_FORMAT'],
    [{ PLUGIN_COMPRESSION: 'xz' }, 'JOB_COMPRESSION'],
    [{ PLUGIN_PLATFORM: 'linux/' }, 'PLATFORM_INVALID'],
    [{ PLUGIN_SECRETS_FROM_ENV: 'id' }, 'JOB_SECRET_SPEC'],
    [{ PLUGIN_SECRET: 'env=X' }, 'JOB_SECRET_SPEC'],
    [{ PLUGIN_CACHE_FROM: 'type=magic,x=y' }, 'JOB_CACHE_SPEC'],
    [{ PLUGIN_CACHE_TO: 'ref=x' }, 'JOB_CACHE_SPEC'],
    [{ PLUGIN_BUILDX_OPTIONS: '--push', PLUGIN_NO_PUSH: 'true' }, 'JOB_PUSH_OPTION'],
    [{ PLUGIN_SOURCE_IMAGE: 'A:1', PLUGIN_PUSH_ONLY: 'true' }, 'REF_INVALID'],
  ] as const)('%j is refused with %s, in its place', (vars, code) => {
    const checked = plan(settingsOf({ ...full, ...(vars as Vars) }, family), { family, images: () => [] })
    expect(checked.ok).toBe(false)
    const errors = checked.diagnostics.filter((d) => d.severity === 'error')
    expect(errors).toMatchObject([{ code, at, hint: expect.any(String) }])
  })
})

describe('messages', () => {
  it('are the same for every registry type but for the names of its fields', () => {
    const texts = variants.map((variant) => {
      const family = { tool: 'kaniko', variant } as const
      return plan(settingsOf({ ...full, PLUGIN_NO_PUSH: 'true', PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'a' }, family), { family }).diagnostics.find(
        (d) => d.severity === 'error',
      )?.message
    })
    expect(new Set(texts).size).toBe(1)
  })

  it('name the field and the variable of a missing repository', () => {
    const family = { tool: 'kaniko', variant: 'ecr' } as const
    expect(plan({}, { family }).diagnostics[0]?.message).toContain('imageName (PLUGIN_REPO)')
  })

  it('quote the mix-up of push-only and no-push', () => {
    const vars = { ...full, PLUGIN_PUSH_ONLY: 'true', PLUGIN_DOCKERFILE: 'Dockerfile' }
    const [mixUp] = plan(settingsOf(vars)).diagnostics
    expect(mixUp).toMatchObject({ code: 'JOB_PUSH_ONLY_WITH_BUILD', at, hint: expect.stringContaining('PLUGIN_NO_PUSH') })
  })

  it('remark on a source without push-only', () => {
    expect(plan(settingsOf({ ...full, PLUGIN_SOURCE_IMAGE: 'a:1' })).diagnostics).toMatchObject([{ code: 'JOB_SOURCE_WITHOUT_PUSH_ONLY', severity: 'warning' }])
  })
})

describe('build-only', () => {
  it('needs no repository: the archive calls the image "image"', () => {
    const made = job(settingsOf({ PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'out/x/y.tar' }))
    expect(made.outputs[0]).toEqual({ kind: 'archive', path: known('/harness/out/x/y.tar'), format: 'docker', names: known(['image:latest']) })
  })

  it('puts every tag into the archive', () => {
    const made = job(settingsOf({ ...full, PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: '/harness/a.tar', PLUGIN_TAGS: '1,2', PLUGIN_BUILDX_OUTPUT_FORMAT: 'oci' }))
    expect(made.outputs[0]).toMatchObject({ path: known('/harness/a.tar'), format: 'oci', names: known(['r.io/acme/app:1', 'r.io/acme/app:2']) })
  })

  it('writes no cache unless cacheTo asks for it', () => {
    const to = (vars: Vars) => {
      const { source } = job(settingsOf({ ...full, PLUGIN_ENABLE_CACHE: 'true', ...vars }))
      return source.kind === 'build' ? source.cache.to : undefined
    }
    expect(to({})).toEqual(known([{ type: 'registry', attributes: { ref: 'r.io/acme/app/cache', mode: 'max', 'ignore-error': 'true' } }]))
    expect(to({ PLUGIN_NO_PUSH: 'true' })).toEqual(known([]))
    expect(to({ PLUGIN_NO_PUSH_CACHE: 'true' })).toEqual(known([]))
    expect(to({ PLUGIN_ENABLE_CACHE: 'false', PLUGIN_CACHE_REPO: 'r.io/c' })).toEqual(known([]))
    expect(to({ PLUGIN_NO_PUSH: 'true', PLUGIN_CACHE_TO: 'type=inline' })).toEqual(known([{ type: 'inline', attributes: {} }]))
  })

  it.each(families)('keeps layers beside the image when only the switch is set: $tool for $variant', (family) => {
    const { source } = job(settingsOf({ ...full, PLUGIN_ENABLE_CACHE: 'true', PLUGIN_CACHE_REPO: '' }, family), { family })
    const refs = source.kind === 'build' && source.cache.from.kind === 'known' ? source.cache.from.value.map(({ attributes }) => attributes.ref) : []
    expect(refs).toEqual(['r.io/acme/app/cache'])
  })

  it('keeps the commands of all stages, and fails for no cache, unless the step says otherwise', () => {
    const to = (spec: string) => {
      const { source } = job(settingsOf({ ...full, PLUGIN_CACHE_TO: spec }))
      return source.kind === 'build' && source.cache.to.kind === 'known' ? source.cache.to.value[0]?.attributes : undefined
    }
    expect(to('type=registry,ref=r.io/c')).toEqual({ ref: 'r.io/c', mode: 'max', 'ignore-error': 'true' })
    expect(to('type=registry,ref=r.io/c,mode=min,ignore-error=false')).toEqual({ ref: 'r.io/c', mode: 'min', 'ignore-error': 'false' })
  })
})

describe('what push-only takes', () => {
  const push = (vars: Vars, context: Partial<JobContext> = {}) => plan(settingsOf({ ...full, PLUGIN_PUSH_ONLY: 'true', ...vars }), context)
  const source = (vars: Vars, context: Partial<JobContext> = {}) => job(settingsOf({ ...full, PLUGIN_PUSH_ONLY: 'true', ...vars }), context).source
  const built = (name: string, sameStage = true) => ({ step: `build-${name}`, names: known([name]), sameStage })

  it.each([
    ['r:5000/a', 'r:5000/a:latest', ['REF_TAG_DEFAULTED']],
    ['r:5000/a:1', 'r:5000/a:1', []],
    ['a', 'a:latest', ['REF_TAG_DEFAULTED']],
    ['a:', 'a:latest', ['REF_TAG_DEFAULTED']],
    ['a/b:1.2', 'a/b:1.2', []],
  ])('%s is the image %s', (text, ref, codes) => {
    expect(source({ PLUGIN_SOURCE_IMAGE: text })).toEqual({ kind: 'image', ref: known(ref) })
    expect(codesOf(push({ PLUGIN_SOURCE_IMAGE: text }))).toEqual(codes)
  })

  it('is one of the images of an archive, when both are named', () => {
    expect(source({ PLUGIN_SOURCE_TAR_PATH: 'a.tar', PLUGIN_SOURCE_IMAGE: 'a:1' })).toEqual({
      kind: 'archive',
      path: known('/harness/a.tar'),
      name: known('a:1'),
    })
  })

  it('finds X-buildx as the X that this run builds, and says so', () => {
    const images = [built('acme/app:new-1')]
    const vars = { PLUGIN_SOURCE_IMAGE: 'acme/app:new-1-buildx' }
    expect(source(vars, { images: () => images })).toEqual({ kind: 'image', ref: known('acme/app:new-1'), viaAlias: { written: 'acme/app:new-1-buildx' } })
    expect(push(vars, { images: () => images }).diagnostics).toMatchObject([{ code: 'JOB_SOURCE_ALIAS', severity: 'info' }])
  })

  it('prefers the exact name, and looks for a plain image when the run builds neither', () => {
    const vars = { PLUGIN_SOURCE_IMAGE: 'acme/app:1-buildx' }
    for (const images of [[built('acme/app:1'), built('docker.io/acme/app:1-buildx')], []]) {
      expect(source(vars, { images: () => images })).toEqual({ kind: 'image', ref: known('acme/app:1-buildx') })
    }
  })

  it('is the one image of the stage when nothing is named', () => {
    expect(source({}, { images: () => [built('x:1'), built('y:1', false)] })).toEqual({ kind: 'stage-image', step: 'build-x:1', ref: known('x:1') })
    expect(source({})).toEqual({ kind: 'stage-image' })
  })

  it('is the one with the name that is pushed, among several', () => {
    expect(source({}, { images: () => [built('x:1'), built('r.io/acme/app:latest')] })).toMatchObject({ step: 'build-r.io/acme/app:latest' })
  })

  it('waits for the names when they decide among several', () => {
    const later = { kind: 'deferred', source: 'x:<+pipeline.sequenceId>', until: 'the run starts' } as const
    const unnamed = { step: 'build-x', names: later, sameStage: true }
    const deferred = { ok: true, value: { kind: 'deferred', waits: [later] }, diagnostics: [] }
    expect(push({}, { images: () => [unnamed, built('y:1')] })).toEqual(deferred)
    const tags = { value: later, origin: { kind: 'yaml', name: 'tags' } } as const
    const settings = { ...settingsOf({ ...full, PLUGIN_PUSH_ONLY: 'true' }), tags }
    expect(plan(settings, { images: () => [built('x:1'), built('y:1')] })).toEqual(deferred)
  })

  it('waits no longer when the names that are known are too many already', () => {
    const namesake = built('r.io/acme/app:latest')
    const unnamed = { step: 'z', names: { kind: 'deferred', source: 'z', until: 'z' }, sameStage: true } as const
    expect(codesOf(push({}, { images: () => [namesake, { ...namesake, step: 'again' }, unnamed] }))).toEqual(['JOB_SOURCE_AMBIGUOUS'])
  })

  it('is refused with the candidates when it could be several', () => {
    const checked = push({}, { images: () => [built('x:1'), built('y:1')] })
    expect(checked.diagnostics).toMatchObject([{ code: 'JOB_SOURCE_AMBIGUOUS', at, message: expect.stringMatching(/x:1.*y:1/) }])
    expect(push({}, { images: () => [built('x:1', false)] }).diagnostics).toMatchObject([
      { code: 'JOB_SOURCE_MISSING', message: expect.stringContaining('other stages') },
    ])
  })
})

describe('what is not known yet', () => {
  const deferred = { kind: 'deferred', source: '<+steps.a.output.outputVariables.b>', until: 'a' } as const

  it('leaves the mode open when it decides the mode', () => {
    const noPush = { value: deferred, origin: { kind: 'step-env', name: 'PLUGIN_NO_PUSH' } } as const
    expect(plan({ ...settingsOf(full), noPush })).toMatchObject({ ok: true, value: { kind: 'deferred', waits: [deferred] } })
  })

  it('stays inside the job when it is only a value', () => {
    const dockerfile = { value: deferred, origin: { kind: 'yaml', name: 'dockerfile' } } as const
    expect(job({ ...settingsOf(full), dockerfile }).source).toMatchObject({ kind: 'build', dockerfile: deferred, context: known('/harness') })
  })

  it('is the same job, byte for byte, from the same settings', () => {
    const settings = both(fieldSettings('docker', { connectorRef: 'c', repo: 'a/b', tags: ['1'] }), settingsOf({ PLUGIN_TAR_PATH: 'x.tar' }))
    expect(JSON.stringify(job(settings))).toBe(JSON.stringify(job(settings)))
  })
})
