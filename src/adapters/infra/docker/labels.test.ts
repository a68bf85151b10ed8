import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { homeId } from '../home-id.ts'
import { isLeftOver, labelsOf } from './labels.ts'

const self = { pid: process.pid, kill: process.kill.bind(process) }
const belonging = { home: 'h', run: 'r', stage: 's', stageId: 'i' }

describe('labels of a stage', () => {
  it('name a living owner', () => {
    const labels = labelsOf(belonging, self)
    expect(labels).toMatchObject({ 'slipway.home': 'h', 'slipway.run': 'r', 'slipway.stage': 's', 'slipway.stage-id': 'i' })
    expect(isLeftOver(labels, self)).toBe(false)
  })

  it('tell when the owner is dead, also without /proc', () => {
    expect(isLeftOver({ 'slipway.owner': '4194304 1' }, self)).toBe(true)
    expect(isLeftOver({ 'slipway.owner': 'pid 4194304' }, self)).toBe(true)
    expect(isLeftOver({ 'slipway.owner': `pid ${process.pid}` }, self)).toBe(false)
    expect(isLeftOver({}, self)).toBe(false)
  })

  it('have one name for a data folder', async () => {
    const { dir } = tempProject()
    const [one, two] = await Promise.all([homeId(dir), homeId(dir)])
    expect(one).toMatch(/^[0-9a-f-]{36}$/)
    expect(await homeId(dir)).toBe(one)
    expect(two).toBe(one)
  })
})
