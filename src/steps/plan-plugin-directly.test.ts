import { describe, expect, it } from 'vitest'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import type { RunFacts } from '../plan/facts.ts'
import { noFacts } from '../plan/facts.ts'
import { planner } from '../plan/planner.ts'
import { sourceFile } from '../text/source-file.ts'
import type { ImageWork } from './image-work.ts'

function pipeline(...specs: readonly object[]): string {
  const steps = specs.map((spec, at) => ({ step: { identifier: `s${at + 1}`, name: `s${at + 1}`, type: 'Plugin', spec } }))
  const stage = {
    identifier: 'build',
    name: 'build',
    type: 'CI',
    variables: [
      { name: 'PLUGIN_TAGS', type: 'String', value: 'of-stage' },
      { name: 'MY_TOKEN', type: 'Secret', value: 'token' },
    ],
    spec: { platform: { os: 'Linux' }, execution: { steps } },
  }
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage }] } }, null, 1)
}

function planned(facts: RunFacts, ...specs: readonly object[]) {
  const read = readPipeline(sourceFile('p.yaml', pipeline(...specs)), { inputs: {} })
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
  const plan = planner(read.value, { file: 'p.yaml', facts }).plan()
  const [stage] = plan.ok ? plan.value.stages : []
  const steps = stage?.kind === 'stage' ? stage.steps : []
  return { diagnostics: plan.diagnostics, work: steps.flatMap((step) => (step.kind === 'step' ? [step.work] : [])) }
}

const image = (work: object | undefined) => work as ImageWork

describe('a Plugin step with an image plugin', () => {
  it('is an image step: no container, settings as variables, variables of the stage beneath them', () => {
    const { work, diagnostics } = planned(noFacts, {
      image: 'us-docker.pkg.dev/gar-prod-setup/harness-public/plugins/kaniko:1.9',
      settings: { repo: 'ghcr.io/acme/app', build_args: ['A=1', 'B=2'], secret: 'id=x,env=MY_TOKEN' },
    })
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['PLUGIN_RUN_DIRECTLY', 'info'],
      ['SETTINGS_BEYOND_ORIGINAL', 'info'],
    ])
    expect(image(work[0])).toMatchObject({
      kind: 'image',
      plan: {
        kind: 'job',
        job: {
          mode: 'build-and-push',
          source: {
            kind: 'build',
            dockerfile: { value: '/harness/Dockerfile' },
            args: {
              value: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
            },
          },
          outputs: [{ kind: 'registry', refs: { value: ['ghcr.io/acme/app:of-stage'] } }],
        },
      },
      tool: { name: 'kaniko' },
      engine: { name: 'embedded' },
      variables: { MY_TOKEN: { value: { kind: 'secret-text' } } },
    })
  })

  it('builds what later steps may push', () => {
    const { work, diagnostics } = planned(
      noFacts,
      { image: 'plugins/docker', settings: { repo: 'ghcr.io/acme/app', tags: ['1', '2'], dry_run: true } },
      { image: 'plugins/ecr', settings: { registry: '1.dkr.ecr.eu-west-1.amazonaws.com', repo: 'app', tags: 'x', push_only: true } },
    )
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(image(work[1])).toMatchObject({
      plan: {
        job: {
          source: { kind: 'stage-image', step: 'build/s1', ref: { value: 'ghcr.io/acme/app:1' } },
          outputs: [{ kind: 'registry', refs: { value: ['1.dkr.ecr.eu-west-1.amazonaws.com/app:x'] } }],
        },
      },
    })
  })

  it('keeps secrets by name', () => {
    const { work } = planned(noFacts, { image: 'plugins/docker', settings: { repo: 'a/b', username: 'ann', password: '<+secrets.getValue("pw")>' } })
    expect(image(work[0]).env['PLUGIN_PASSWORD']).toEqual({ kind: 'known', value: { kind: 'secret-text', pieces: [{ secret: 'pw' }] } })
  })

  it('is told of settings that contradict each other, at the step', () => {
    const { diagnostics } = planned(noFacts, { image: 'plugins/docker', settings: { repo: 'a/b', dry_run: true, push_only: true } })
    expect(diagnostics.find(({ severity }) => severity === 'error')).toMatchObject({ code: 'JOB_NO_PUSH_AND_PUSH_ONLY', at: { file: 'p.yaml' } })
  })

  it.each<readonly [object, RunFacts]>([
    [{ image: 'plugins/slack', settings: { repo: 'a/b' } }, noFacts],
    [{ image: 'plugins/docker', entrypoint: ['sh'], settings: { repo: 'a/b' } }, noFacts],
    [
      { image: 'plugins/docker', settings: { repo: 'a/b' } },
      { ...noFacts, flags: { SLIPWAY_RUN_PLUGIN_IMAGES: true } },
    ],
  ])('runs its image when it is %j with %j', (spec, facts) => {
    expect(planned(facts, spec).work[0]).toMatchObject({ kind: 'run', env: { PLUGIN_REPO: { value: 'a/b' } } })
  })

  it('waits for its file of variables, whatever is missing until then', () => {
    const { work, diagnostics } = planned(noFacts, { image: 'plugins/docker', settings: { env_file: 'vars.env' } })
    expect(diagnostics.map(({ code }) => code)).toEqual(['PLUGIN_RUN_DIRECTLY'])
    expect(image(work[0])).toMatchObject({
      plan: { kind: 'deferred', waits: [{ source: 'vars.env', until: 'the step reads this file' }] },
      asks: [{ path: '/harness/vars.env', variables: true }],
    })
  })

  it('says nothing of a file of tags where a variable names them', () => {
    const { diagnostics } = planned({ ...noFacts, flags: {} }, { image: 'plugins/docker', settings: { repo: 'a/b', tag: '1' } })
    expect(diagnostics.map(({ code }) => code)).not.toContain('PLUGIN_TAGS_LATER')
  })

  it('is planned when it runs, if its image is not known before', () => {
    const { work } = planned(noFacts, { image: 'plugins/<+pipeline.executionId>', settings: { repo: 'a/b' } })
    expect(work[0]).toMatchObject({ kind: 'run', image: { reference: { kind: 'deferred' } } })
  })
})
