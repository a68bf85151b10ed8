import { describe, expect, it } from 'vitest'
import { known } from '../base/planned.ts'
import { joinText, secretText } from '../base/secret-text.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { RunWork } from '../steps/work.ts'
import { stepFacts } from './step-facts.ts'

const script = (text: string): RunWork => ({ kind: 'run', start: { kind: 'script', shell: 'sh', script: known(text) }, env: {}, outputs: [] })

describe('what a step is given', () => {
  it('is its image, command, variables and limit; secrets by name, what is known later by its text', () => {
    const env = {
      LEVEL: known('debug'),
      KEY: known(joinText('k-', secretText('key'))),
      LATE: { kind: 'deferred', source: '<+steps.a.output>', until: 'step a' } as const,
    }
    const work: RunWork = { ...script('npm test\n'), env }
    expect(stepFacts({ work, timeoutMs: 600_000 })).toEqual([
      { about: 'script', text: 'npm test' },
      { about: 'variable', name: 'LEVEL', text: 'debug' },
      { about: 'variable', name: 'KEY', text: 'k-<secret key>' },
      { about: 'variable', name: 'LATE', text: '<+steps.a.output> (known after step a)' },
      { about: 'limit', text: '10m 00s' },
    ])
  })

  it('leaves the steering of fake out, and stays small', () => {
    const work: RunWork = { ...script('x'.repeat(5000)), env: { FAKE_OUT_KEY: known('later a secret'), LONG: known('y'.repeat(900)) } }
    const facts = stepFacts({ work })
    expect(facts.map(({ about, text }) => [about, text.length])).toEqual([
      ['script', 4001],
      ['variable', 501],
    ])
  })

  it('says why an image step goes to its tool and engine', () => {
    const work: ImageWork = {
      kind: 'image',
      plan: { kind: 'skip', because: 'no tag' },
      tool: { name: 'kaniko', reasons: ['it runs on Kubernetes'] },
      engine: { name: 'embedded', reasons: ['the default', 'it can do all of it'] },
      env: {},
    } as unknown as ImageWork
    expect(stepFacts({ work })).toEqual([
      { about: 'does', text: 'skipped: no tag' },
      { about: 'tool', name: 'kaniko', text: 'it runs on Kubernetes' },
      { about: 'engine', name: 'embedded', text: 'the default; it can do all of it' },
    ])
  })
})
