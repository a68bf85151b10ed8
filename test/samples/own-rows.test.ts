/** What the rows of the golden pipelines ask for, said about the plans of our own ones: where images come from and where they go. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { StagePlan, StepNode, StepPlan } from '../../src/plan/plan.ts'
import { planText } from './plan-text.ts'

interface Told {
  readonly mode: string
  readonly from: unknown
  readonly to: readonly unknown[]
  readonly tool: string
}

const folder = new URL('./own/', import.meta.url)

function stepsOf(id: string): ReadonlyMap<string, StepPlan> {
  const name = readdirSync(folder).find((file) => file.startsWith(id)) ?? id
  const { plan } = planText(name, readFileSync(new URL(name, folder), 'utf8'))
  const members = plan?.stages.flatMap((node) => (node.kind === 'parallel' ? node.children : [node])) ?? []
  const stages = members.filter((member): member is StagePlan => member.kind === 'stage')
  return new Map(stages.flatMap((stage) => flat(stage.steps)).map((step) => [step.identifier, step]))
}

function flat(nodes: readonly StepNode[]): readonly StepPlan[] {
  return nodes.flatMap((node) => (node.kind === 'step' ? [node] : flat(node.children)))
}

/** Known values bare. */
function bare(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'known' && 'value' in value ? value.value : value
}

function job(step: StepPlan | undefined) {
  if (step?.work.kind !== 'image' || step.work.plan.kind !== 'job') throw new Error(`${step?.identifier} has no image job`)
  return { ...step.work.plan.job, tool: step.work.tool.name }
}

function told(step: StepPlan | undefined): Told {
  const { mode, source, outputs, tool } = job(step)
  const from = source.kind === 'build' ? 'build' : source.kind === 'archive' ? bare(source.path) : bare(source.ref)
  return {
    mode,
    from,
    to: outputs.flatMap((output) => bare(output.kind === 'registry' ? output.refs : output.kind === 'load' ? output.names : output.path)),
    tool,
  }
}

const ecr = '000123456789.dkr.ecr.eu-central-1.amazonaws.com'

describe('the plan of', () => {
  it('GP-01 pushes the archive that was scanned, if the scan found nothing critical', () => {
    const steps = stepsOf('gp-01')
    expect(told(steps.get('build'))).toEqual({ mode: 'build-only', from: 'build', to: ['/harness/out/ferry.tar', `${ecr}/ferry:r7`], tool: 'kaniko' })
    expect(told(steps.get('push'))).toEqual({
      mode: 'push-only',
      from: '/harness/out/ferry.tar',
      to: [`${ecr}/ferry:r7`, `${ecr}/ferry:latest`],
      tool: 'kaniko',
    })
    expect(steps.get('push')?.when).toMatchObject({ status: 'Success', condition: { kind: 'deferred', until: 'the step scan' } })
  })

  it.each(['gp-02', 'gp-03'])('%s takes the -buildx name for the image built before, four times', (id) => {
    const steps = stepsOf(id)
    expect(told(steps.get('build'))).toMatchObject({ mode: 'build-only', to: ['harbour/tug:candidate-7'], tool: 'buildx' })
    const targets = { hub: 'harbour/tug:7', ecr: `${ecr}/tug:7`, gar: 'europe-docker.pkg.dev/boats/fleet/tug:7', acr: 'boats.azurecr.io/tug:7' }
    for (const [step, target] of Object.entries(targets)) {
      expect(told(steps.get(step))).toMatchObject({ mode: 'push-only', from: 'harbour/tug:candidate-7', to: [target] })
    }
  })

  it.each([
    ['gp-04', 'buildx'],
    ['gp-05', 'kaniko'],
  ])('%s makes two archives and pushes them, whatever the type of step', (id, tool) => {
    const steps = stepsOf(id)
    expect(told(steps.get('build_red'))).toEqual({ mode: 'build-only', from: 'build', to: ['/harness/red.tar', 'harbour/red:7'], tool })
    expect(told(steps.get('push_red'))).toEqual({ mode: 'push-only', from: '/harness/red.tar', to: ['harbour/red:7'], tool })
    expect(told(steps.get('push_blue'))).toEqual({ mode: 'push-only', from: '/harness/blue.tar', to: ['gcr.io/boats/blue:7'], tool })
  })

  it('GP-06 pushes nothing, and layer caching chooses Buildx', () => {
    expect(told(stepsOf('gp-06').get('build'))).toEqual({ mode: 'build-only', from: 'build', to: ['harbour/dinghy:try-7'], tool: 'buildx' })
  })

  it('GP-07 is that of the steps that were meant; caching of the stage does not choose the tool', () => {
    expect(told(stepsOf('gp-07').get('build'))).toMatchObject({ mode: 'build-only', tool: 'kaniko' })
  })

  it('GP-08 pushes the one image of the stage, under any name', () => {
    const steps = stepsOf('gp-08')
    expect(told(steps.get('same_name'))).toMatchObject({ mode: 'push-only', from: 'harbour/pilot:c7', to: ['harbour/pilot:c7'] })
    expect(told(steps.get('other_name'))).toMatchObject({ mode: 'push-only', from: 'harbour/pilot:c7', to: [`${ecr}/pilot-boat:c7`] })
  })

  it('GP-09 names the registry and both tags', () => {
    expect(told(stepsOf('gp-09').get('ghcr')).to).toEqual(['ghcr.io/harbour-boats/sloop:7', 'ghcr.io/harbour-boats/sloop:0123456'])
  })

  it('GP-10 loses neither the path of the host nor the project, pushes, and writes the archive', () => {
    const step = stepsOf('gp-10').get('gar')
    const repo = 'europe-docker.pkg.dev/boats/fleet/boats-prod/sloop'
    expect(told(step)).toEqual({ mode: 'build-and-push', from: 'build', to: [`${repo}:2.0`, `${repo}:2.1`, '/harness/sloop.tar'], tool: 'kaniko' })
    expect(job(step)).toMatchObject({ transport: { pullRetries: 3 }, source: { cache: { compressed: false } } })
  })

  it('GP-11 has the DNS server in every build of the stage', () => {
    const steps = stepsOf('gp-11')
    for (const id of ['dock', 'again']) expect(job(steps.get(id))).toMatchObject({ source: { network: { dns: { value: ['10.1.2.3'] } } } })
  })

  it('GP-12 holds the names of secrets, never a value', () => {
    const { source, tool } = job(stepsOf('gp-12').get('build'))
    expect(tool).toBe('buildx')
    expect(source).toMatchObject({
      secrets: {
        value: [
          { id: 'NPM_TOKEN', from: { kind: 'environment', name: 'NPM_TOKEN_VARIABLE' } },
          { id: 'PIP_TOKEN', from: { kind: 'value', value: { pieces: [{ secret: 'account.pip_token' }] } } },
          { id: 'netrc', from: { kind: 'value', value: { pieces: [{ secret: 'netrc_file' }] } } },
          { id: 'settings', from: { kind: 'file', path: '/harness/conf/settings.xml' } },
        ],
      },
    })
  })

  it('GP-13 pushes beside the archive, unless told not to', () => {
    const steps = stepsOf('gp-13')
    expect(told(steps.get('both'))).toMatchObject({ mode: 'build-and-push', to: ['harbour/sloop:linux', '/harness/both.tar'] })
    expect(told(steps.get('archive'))).toMatchObject({ mode: 'build-only', to: ['/harness/archive.tar', 'harbour/sloop:linux'] })
  })

  it('GP-14 lends the key to the build', () => {
    expect(job(stepsOf('gp-14').get('build'))).toMatchObject({
      tool: 'buildx',
      source: { ssh: { value: [{ id: 'deploy', from: { kind: 'file', path: '/harness/deploy_key' } }] } },
    })
  })

  it('GP-15 leaves tags alone that are there', () => {
    const step = stepsOf('gp-15').get('ecr')
    expect(job(step).tagPolicy.skipExisting).toBe(true)
    expect(told(step).to).toEqual([`${ecr}/sloop:v1`, `${ecr}/sloop:v1.2`])
  })

  it('GP-16 tags with the number of the run', () => {
    expect(told(stepsOf('gp-16').get('hub'))).toMatchObject({ mode: 'build-and-push', to: ['harbour/sloop:7'] })
  })

  it('GP-17 does not verify the certificate', () => {
    expect(job(stepsOf('gp-17').get('local')).transport.skipVerify.push).toBe(true)
  })
})
