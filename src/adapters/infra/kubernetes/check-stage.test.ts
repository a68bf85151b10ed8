import { describe, expect, it } from 'vitest'
import { known } from '../../../base/planned.ts'
import { problem } from '../../../base/problem.ts'
import type { StagePlan, StepPlan } from '../../../plan/plan.ts'
import { checkStage } from './check-stage.ts'
import { noKubernetesPlan } from './manifest/settings.ts'

const signal = new AbortController().signal
const at = { file: 'p.yaml', line: 1, col: 1 } as unknown as StepPlan['at']

function step(type: string, image: object | undefined): StepPlan {
  const work = { kind: 'run', start: { kind: 'program' }, env: {}, outputs: [], ...(image !== undefined && { image }) } as StepPlan['work']
  return { kind: 'step', path: 's/one', identifier: 'one', name: 'one', type, does: '', when: { status: 'Success' }, work, at }
}

function stage(steps: readonly StepPlan[], kubernetes: object = {}, os = 'Linux'): StagePlan {
  const infrastructure = { on: 'kubernetes', declared: 'KubernetesDirect', os, arch: 'Amd64', kubernetes: { ...noKubernetesPlan, ...kubernetes } } as const
  return { kind: 'stage', path: 's', identifier: 's', name: 's', when: { status: 'Success' }, infrastructure, variables: {}, steps }
}

const codes = async (plan: StagePlan, reach: () => Promise<void> = async () => undefined) =>
  (await checkStage(plan, { signal, usualImage: undefined, spare: 0, reach })).map(({ code }) => code)

const image = { reference: known('alpine:3.20') }

describe('a stage on Kubernetes, before anything is made', () => {
  it('SX-04 has to say a number for whoever is not to be root', async () => {
    const nobody = { security: { runAsNonRoot: known(true) } }
    expect(await codes(stage([step('Plugin', image)], nobody))).toEqual(['K8S_SETTING_INVALID'])
    expect(await codes(stage([step('Plugin', { ...image, user: known('1000') })], nobody))).toEqual([])
    expect(await codes(stage([step('Plugin', image)], { ...nobody, runAsUser: known('1000') }))).toEqual([])
    expect(await codes(stage([step('Run', image)], nobody))).toEqual([])
  })

  it('needs an image for each step, Linux, and settings that are known', async () => {
    const later = { kind: 'deferred', source: '<+a>', until: 'a runs' } as const
    expect(await codes(stage([step('Run', undefined)]))).toEqual(['K8S_NO_IMAGE'])
    expect(await codes(stage([step('Run', image)], {}, 'Windows'))).toEqual(['INFRA_OS_UNSUPPORTED'])
    expect(await codes(stage([step('Run', { ...image, memory: later })]))).toEqual(['K8S_DECIDED_LATE'])
    expect(await codes(stage([step('Run', { reference: later })]))).toEqual([])
    expect(await codes(stage([step('Run', image)], { namespace: later }))).toEqual(['K8S_DECIDED_LATE'])
  })

  it('says why there is no cluster', async () => {
    const reach = async (): Promise<void> => {
      throw problem('K8S_CONFIG_UNUSABLE', { reason: 'nothing' })
    }
    expect(await codes(stage([step('Run', image)]), reach)).toEqual(['K8S_CONFIG_UNUSABLE'])
  })
})
