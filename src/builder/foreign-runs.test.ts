/** A RUN for a CPU that this machine does not have is refused before anything is carried out. */
import { arch } from 'node:os'
import { describe, expect, it } from 'vitest'
import { fixture } from './build-fixture.ts'
import { fakeSandbox } from './exec/fake-sandbox-fixture.ts'

// Nothing is registered for it anywhere.
const foreign = { os: 'linux', architecture: 'made-up' }
const here = { os: 'linux', architecture: arch() === 'arm64' ? 'arm64' : 'amd64' }

describe('a RUN for another CPU', () => {
  it('is refused with both names and its line, and no stage has begun', async () => {
    const f = await fixture({ a: 'A' })
    try {
      const sandbox = fakeSandbox()
      const text =
        'FROM scratch AS native\nCOPY a /a\nFROM --platform=linux/made-up scratch AS other\nCOPY a /\nRUN ["/a"]\nFROM native\nCOPY --from=other /a /b\n'
      const built = f.build(text, { sandbox, buildPlatform: here, platform: here })
      await expect(built).rejects.toMatchObject({ code: 'BUILD_RUN_FOREIGN', diagnostic: { at: { line: 5 } } })
      await expect(built).rejects.toThrow(`RUN for linux/made-up is not possible on this machine, which is linux/${here.architecture}`)
      expect(f.events.filter(({ kind }) => kind === 'step')).toEqual([])
      expect(sandbox.jobs).toEqual([])
    } finally {
      await f.remove()
    }
  })

  it('is of no account in a stage that the target does not need, and without a RUN', async () => {
    const f = await fixture({ a: 'A' })
    try {
      const text = 'FROM scratch AS other\nCOPY a /\nRUN ["/a"]\nFROM scratch\nCOPY a /\n'
      const { image } = await f.build(text, { sandbox: fakeSandbox(), buildPlatform: here, platform: foreign })
      expect(await image.config()).toMatchObject({ architecture: 'made-up' })
    } finally {
      await f.remove()
    }
  })
})
