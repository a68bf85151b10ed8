import { describe, expect, it } from 'vitest'
import { scriptedCluster } from '../../../../test/support/kubernetes/scripted/scripted-cluster.ts'
import { behaving, outputOf, scriptedStage, smallImage, stageWith } from '../../../../test/support/kubernetes/scripted/scripted-stage.ts'
import { pullFailure } from './late-image.ts'

const { signal } = new AbortController()
const missing = { image: { ...smallImage, reference: 'missing:1' } }

describe('an image that is only known late', () => {
  it('that its node cannot get ends the step with the reason of the node, at once', async () => {
    await using cluster = await scriptedCluster()
    await using stage = scriptedStage(cluster)
    const workspace = await stage.open()
    await expect(workspace.start(behaving('one', {}, missing), { signal })).rejects.toMatchObject({
      code: 'K8S_IMAGE_FAILED',
      message: expect.stringMatching(/missing:1 \(without a login\): Failed to pull image "missing:1": rpc error: .* not found/),
    })
    expect(cluster.requests.get('GET events')).toBe(1)
    await workspace.close({ signal })
  })

  it('is waited for until initTimeout, where events may not be looked at', async () => {
    await using cluster = await scriptedCluster()
    await using stage = scriptedStage(cluster)
    cluster.faults.forbidden = 'GET events'
    const workspace = await stage.open(stageWith({ initTimeoutMs: 1500 }))
    await expect(workspace.start(behaving('one', {}, missing), { signal })).rejects.toMatchObject({
      code: 'K8S_INIT_TIMEOUT',
      message: expect.stringContaining('the node does not have missing:1 yet'),
    })
    expect(cluster.requests.get('GET events')).toBe(1)
    await workspace.close({ signal })
  })

  it('asks for no events where it comes', async () => {
    await using cluster = await scriptedCluster()
    await using stage = scriptedStage(cluster)
    const workspace = await stage.open()
    const running = await workspace.start(behaving('one', { output: 'hello' }, { image: { ...smallImage, reference: 'other:2' } }), { signal })
    expect(await outputOf(running)).toBe('hello\n')
    expect(cluster.requests.get('GET events')).toBe(undefined)
    await workspace.close({ signal })
  })

  it('is not mistaken for one of another container, or one that was there before', () => {
    const note = { reason: 'Failed', message: 'Failed to pull image "a:1": denied', field: 'spec.containers{step-1}' }
    expect(pullFailure([note], 'step-1', 'a:1')).toBe(note.message)
    expect(pullFailure([note], 'step-2', 'a:1')).toBe(undefined)
    expect(pullFailure([note], 'step-1', 'a:2')).toBe(undefined)
    expect(pullFailure([{ ...note, reason: 'Pulling', message: 'Pulling image "a:1"' }], 'step-1', 'a:1')).toBe(undefined)
    const never = { ...note, reason: 'ErrImageNeverPull', message: 'Container image "a:1" is not present with pull policy of Never' }
    expect(pullFailure([note, never], 'step-1', 'a:1')).toBe(never.message)
  })
})
