/** The order of Python versions, as PEP 440 defines it. */
import { compareDigits } from './order.ts'

const grammar =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/

const phases: Readonly<Record<string, number>> = { alpha: 1, a: 1, beta: 2, b: 2, c: 3, rc: 3, pre: 3, preview: 3 }

/** Where a part is missing its rank says on which side the version stands of those that have one. */
interface PythonVersion {
  readonly epoch: string
  readonly release: readonly string[]
  readonly pre: readonly [rank: number, number: string]
  readonly post: readonly [rank: number, number: string]
  readonly dev: readonly [rank: number, number: string]
  readonly local: readonly string[]
}

export function comparePython(a: string, b: string): number | undefined {
  const [x, y] = [parse(a), parse(b)]
  if (x === undefined || y === undefined) return undefined
  return (
    compareDigits(x.epoch, y.epoch) ||
    compareRelease(x.release, y.release) ||
    compareRanked(x.pre, y.pre) ||
    compareRanked(x.post, y.post) ||
    compareRanked(x.dev, y.dev) ||
    compareLocal(x.local, y.local)
  )
}

function parse(text: string): PythonVersion | undefined {
  const found = grammar.exec(text.trim().toLowerCase())
  if (found === null) return undefined
  const [, epoch = '0', release = '', phase, phaseNumber, dashed, post, postNumber, dev, devNumber, local] = found
  const hasPost = dashed !== undefined || post !== undefined
  const beforeAll = phase === undefined && !hasPost && dev !== undefined
  return {
    epoch,
    release: release.split('.'),
    pre: phase === undefined ? [beforeAll ? 0 : 4, '0'] : [phases[phase] ?? 0, phaseNumber || '0'],
    post: hasPost ? [1, dashed ?? (postNumber || '0')] : [0, '0'],
    dev: dev === undefined ? [1, '0'] : [0, devNumber || '0'],
    local: local === undefined ? [] : local.split(/[-_.]/),
  }
}

/** Zeros at the end count for nothing. */
function compareRelease(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = compareDigits(a[i] ?? '0', b[i] ?? '0')
    if (difference !== 0) return difference
  }
  return 0
}

function compareRanked(a: readonly [number, string], b: readonly [number, string]): number {
  return a[0] - b[0] || compareDigits(a[1], b[1])
}

/** Numbers are later than words, more parts later than fewer. */
function compareLocal(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i] ?? '', b[i] ?? '']
    const [m, n] = [/^\d+$/.test(x), /^\d+$/.test(y)]
    const difference = m && n ? compareDigits(x, y) : m !== n ? (m ? 1 : -1) : x < y ? -1 : x > y ? 1 : 0
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
