import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anySettings, anyText } from '../settings/samples.testing.ts'
import { families } from '../settings/vocabulary.ts'
import { readBuildxOptions } from './buildx-options/read.ts'
import { splitCommaOptions } from './buildx-options/split.ts'
import { chooseEngine } from './choose-engine.ts'
import { chooseTool } from './choose-tool.ts'
import { jobFrom } from './job-from.ts'

it('makes a job or says why not, whatever the settings, and the same one each time', () => {
  fc.assert(
    fc.property(anySettings, fc.constantFrom(...families), (settings, family) => {
      const first = jobFrom(settings, { family, workspace: '/harness', images: () => [] })
      expect(JSON.stringify(jobFrom(settings, { family, workspace: '/harness', images: () => [] }))).toBe(JSON.stringify(first))
      if (!first.ok) expect(first.diagnostics.length).toBeGreaterThan(0)
      chooseTool(settings, { kubernetes: true, os: 'Linux', buildxOnKubernetes: false, embeddedChosen: false })
      chooseEngine(settings)
    }),
    { numRuns: 400 },
  )
})

it('reads any text as buildx options without throwing', () => {
  readBuildxOptions(splitCommaOptions('constructor,--toString=1'))
  fc.assert(
    fc.property(anyText, (text) => void readBuildxOptions(splitCommaOptions(text))),
    { numRuns: 500 },
  )
})
