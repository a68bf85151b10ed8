/** What a container's program finds at places of its own, as the launcher is told it. */
import { describe, expect, it } from 'vitest'
import { behaving } from '../../../../test/support/kubernetes/scripted/scripted-stage.ts'
import { placedFiles } from './placed-files.ts'

const textOf = (items: ReturnType<typeof placedFiles>): Readonly<Record<string, string>> =>
  Object.fromEntries(items.map((item) => [item.entry.path, 'body' in item && Buffer.isBuffer(item.body) ? item.body.toString('latin1') : '']))

describe('files at places of their own', () => {
  it('are sent under names of ours, with a link for each, and one for each file that is to be left', () => {
    const spec = behaving('one', {}, { finds: new Map([['/kaniko/.docker/config.json', '{}']]), leaves: { digest: '/kaniko/digest-file' } })
    expect(textOf(placedFiles(spec))).toEqual({
      'found.0': '{}',
      links: '/kaniko/.docker/config.json\0/run/slipway/found.0\0/kaniko/digest-file\0/run/slipway/out.digest\0',
    })
  })

  it('are no files at all for steps that have none', () => {
    expect(placedFiles(behaving('one', {}))).toEqual([])
  })
})
