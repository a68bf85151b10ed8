/** Our scores of vectors against a library that others use for them: every base vector of CVSS 2 and 3.1, and 10,000 of CVSS 4.0. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cvss2Score } from '../../../src/scan/osv/cvss2.ts'
import { cvss3Score } from '../../../src/scan/osv/cvss3.ts'
import { cvss4Score } from '../../../src/scan/osv/cvss4.ts'
import { npmLibrary } from '../../support/npm-package.ts'

const library = npmLibrary('ae-cvss-calculator', '1.0.13')

interface Calculator {
  readonly Cvss2: new (vector: string) => { calculateScores(): { readonly base?: number } }
  readonly Cvss3P1: new (vector: string) => { calculateScores(): { readonly base?: number } }
  readonly Cvss4P0: new (vector: string) => { calculateScores(): { readonly overall?: number } }
}

/** Every choice of values. */
function products(metrics: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(metrics).reduce<readonly string[]>(
    (all, [name, values]) => all.flatMap((start) => [...values].map((value) => `${start}/${name}:${value}`)),
    [''],
  )
}

describe('CVSS', library.options, () => {
  const load = () => createRequire(join(dirname(library.path), 'from-here.cjs'))('ae-cvss-calculator') as Calculator

  it('scores every base vector of version 3.1 as the library does', () => {
    const { Cvss3P1 } = load()
    const all = products({ AV: 'NALP', AC: 'LH', PR: 'NLH', UI: 'NR', S: 'UC', C: 'NLH', I: 'NLH', A: 'NLH' }).map((rest) => `CVSS:3.1${rest}`)
    const wrong = all.filter((vector) => cvss3Score(vector) !== new Cvss3P1(vector).calculateScores().base)
    expect([all.length, wrong]).toEqual([2592, []])
  })

  it('scores every base vector of version 2 as the library does', () => {
    const { Cvss2 } = load()
    const all = products({ AV: 'NAL', AC: 'LMH', Au: 'NSM', C: 'NPC', I: 'NPC', A: 'NPC' }).map((rest) => rest.slice(1))
    const wrong = all.filter((vector) => cvss2Score(vector) !== new Cvss2(vector).calculateScores().base)
    expect([all.length, wrong]).toEqual([729, []])
  })

  it('scores vectors of version 4.0 as the library does', () => {
    const { Cvss4P0 } = load()
    const base = products({ AV: 'NALP', AC: 'LH', AT: 'NP', PR: 'NLH', UI: 'NPA', VC: 'HLN', VI: 'HLN', VA: 'HLN', SC: 'HLN', SI: 'HLN', SA: 'HLN' })
    const more = products({ E: 'APU', CR: 'HML', IR: 'HML', AR: 'HML', MSI: 'XS' })
    const all = Array.from({ length: 10_000 }, (_, i) => `CVSS:4.0${base[(i * 7919) % base.length]}${i % 2 === 0 ? '' : more[(i * 31) % more.length]}`)
    const wrong = all.filter((vector) => cvss4Score(vector) !== new Cvss4P0(vector).calculateScores().overall)
    expect([new Set(all).size, wrong]).toEqual([10_000, []])
  })
})
