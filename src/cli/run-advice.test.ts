/** What `slipway doctor` tells people to do. */
import { describe, expect, it } from 'vitest'
import type { RunFacts } from '../ports/run-ability.ts'
import { runAdvice, rungTexts } from './run-advice.ts'

const facts: RunFacts = { root: false, user: 'me', range: false, mapper: true, forbidding: [], folder: '/data' }

describe('the advice about RUN', () => {
  it('is silent where nothing is missing, and has a command wherever something is', () => {
    const silent = Object.keys(rungTexts).filter((rung) => runAdvice({ rung: Number(rung), reasons: [], facts }).length === 0)
    expect(silent).toEqual(['1', '3', '5'])
  })

  it('names what a user with one id lacks, and no more', () => {
    const advice = (more: Partial<RunFacts>) => runAdvice({ rung: 4, reasons: [], facts: { ...facts, ...more } }).join('\n')
    expect(advice({})).toBe('sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 me')
    expect(advice({ range: true, mapper: false })).toContain('apt-get install uidmap')
    expect(advice({ range: true, mapper: false })).not.toContain('usermod')
  })

  it('names the settings that forbid user namespaces', () => {
    const advice = runAdvice({ rung: undefined, reasons: [], facts: { ...facts, forbidding: ['user.max_user_namespaces=28633'] } })
    expect(advice).toEqual(['sudo sysctl -w user.max_user_namespaces=28633'])
    expect(runAdvice({ rung: undefined, reasons: [], facts: { ...facts, root: true } }).join()).toContain('/data')
  })
})
