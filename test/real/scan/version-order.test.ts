/** Our orders of versions against the programs that define them, on 10,000 generated pairs each, and as many more that are no versions. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { compareDebian } from '../../../src/scan/versions/debian.ts'
import type { CompareVersions } from '../../../src/scan/versions/order.ts'
import { comparePython } from '../../../src/scan/versions/python.ts'
import { compareSemantic } from '../../../src/scan/versions/semantic.ts'
import { npmLibrary } from '../../support/npm-package.ts'
import { findProgram, real } from '../../support/real.ts'

const pairsWanted = 10_000
type Sign = -1 | 0 | 1 | undefined

/** Numbers from a seed, so that a mismatch can be found again: SLIPWAY_SEED=N for others. */
function randomFrom(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1
  return (below) => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % below
  }
}

/** Texts made of parts that matter to the order, and near relatives of them: equal beginnings are where orders differ. */
function pairs(parts: readonly string[], first: readonly string[], count = pairsWanted): readonly (readonly [string, string])[] {
  const random = randomFrom(Number(process.env['SLIPWAY_SEED'] ?? 42))
  const pick = (from: readonly string[]): string => from[random(from.length)] ?? ''
  const made = (): string => pick(first) + Array.from({ length: random(5) }, () => pick(parts)).join('')
  return Array.from({ length: count }, () => {
    const one = made()
    if (random(3) === 0) return [one, made()] as const
    const cut = random(one.length + 1)
    return [one, one.slice(0, cut) + pick(parts) + one.slice(cut + random(2))] as const
  })
}

function mismatches(all: readonly (readonly [string, string])[], expected: readonly Sign[], compare: CompareVersions): readonly string[] {
  expect(expected).toHaveLength(all.length)
  return all.flatMap(([a, b], i) => {
    const ours = compare(a, b)
    const sign = ours === undefined ? undefined : Math.sign(ours)
    return sign === expected[i] ? [] : [`${a} ${b}: theirs ${expected[i]}, ours ${sign}`]
  })
}

const dpkg = real('dpkg', { apt: 'dpkg' })

describe('versions of Debian', dpkg.options, () => {
  it('stand where dpkg puts them', { timeout: 600_000 }, () => {
    const all = pairs(
      ['0', '1', '2', '10', '09', '.', '-', '~', '+', 'a', 'b', 'Z', '~rc1', '+deb12u1', '+b1', '-1', 'dfsg', '.0', '~~', '+~'],
      ['0', '1', '1.2', '2:1', '0:1', '10', '1.0-1'],
    ).filter(
      // dpkg warns about these and compares them all the same; no archive has them.
      ([a, b]) => [a, b].every((text) => /^(?:\d+:)?\d[A-Za-z0-9.+~-]*$/.test(text) && !/-$/.test(text)),
    )
    const more = pairs(['0', '.1', '~a', '+b', '-2'], ['1', '3:2.0']).filter(([a, b]) =>
      [a, b].every((text) => /^(?:\d+:)?\d[A-Za-z0-9.+~-]*$/.test(text) && !/-$/.test(text)),
    )
    const chosen = [...all, ...more].slice(0, pairsWanted)
    expect(chosen.length).toBe(pairsWanted)
    // One shell for all: three questions for each pair would be thirty thousand processes started by us.
    const script =
      'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi; done'
    const ran = spawnSync('sh', ['-c', script], { input: `${chosen.map((pair) => pair.join(' ')).join('\n')}\n`, encoding: 'utf8', maxBuffer: 2 ** 26 })
    const signs = ran.stdout.trim().split('\n').map(Number) as Sign[]
    expect(mismatches(chosen, signs, compareDebian)).toEqual([])
  })
})

const semver = npmLibrary('semver', '7.7.3')

describe('versions of npm', semver.options, () => {
  it('stand where the semver of npm puts them', () => {
    const { compare, valid } = createRequire(join(dirname(semver.path), 'from-here.cjs'))('semver') as {
      compare(a: string, b: string): -1 | 0 | 1
      valid(text: string): string | null
    }
    const all = pairs(
      ['0', '1', '10', '.', '-', 'a', 'beta', '.1', '-rc.1', '-0', '+b1', '.a', '-alpha.beta', '.x'],
      ['1.0.0', '1.2.3', 'v1.0.0', '0.0.1', '1.10.0', '2.0.0-rc', '1.0'],
      6 * pairsWanted,
    )
    const theirs = all.map(([a, b]): Sign => (valid(a) === null || valid(b) === null ? undefined : compare(a, b)))
    expect(theirs.filter((sign) => sign !== undefined).length).toBeGreaterThan(pairsWanted)
    expect(mismatches(all, theirs, compareSemantic)).toEqual([])
  })
})

const python = real('python3', { apt: 'python3-packaging' })
const packaging = `
import sys
from packaging.version import InvalidVersion, Version
for line in sys.stdin:
    a, b = line.rstrip("\\n").split("\\t")
    try:
        x, y = Version(a), Version(b)
        print((x > y) - (x < y))
    except InvalidVersion:
        print("none")
`

/** Debian's own python3 has what apt-get installs; another one on PATH may not. */
function pythonWithPackaging(): string | undefined {
  return ['/usr/bin/python3', findProgram('python3', process.env)].find(
    (path) => path !== undefined && existsSync(path) && spawnSync(path, ['-c', 'import packaging']).status === 0,
  )
}

describe('versions of Python', python.options, () => {
  it('stand where the packaging library puts them', () => {
    const interpreter = pythonWithPackaging()
    if (interpreter === undefined) throw new Error('python3 is there without its package packaging: apt-get install python3-packaging')
    const all = pairs(
      ['0', '1', '10', '.', '-', '_', 'a', 'rc1', 'b2', '.dev1', '.post1', 'post', '+local', '+1', '-1', '.0', 'dev', 'c3', '!', 'alpha', 'preview2', '.r3'],
      ['1', '1.0', '2.0', '1!1', 'v1', '0.1', '1.0a1', '1.0+x'],
      6 * pairsWanted,
    )
    const ran = spawnSync(interpreter, ['-c', packaging], { input: `${all.map((pair) => pair.join('\t')).join('\n')}\n`, encoding: 'utf8', maxBuffer: 2 ** 26 })
    const theirs = ran.stdout
      .trim()
      .split('\n')
      .map((line): Sign => (line === 'none' ? undefined : (Number(line) as Sign)))
    expect(theirs.filter((sign) => sign !== undefined).length).toBeGreaterThan(pairsWanted)
    expect(mismatches(all, theirs, comparePython)).toEqual([])
  })
})
