/** The score of a CVSS 4.0 vector: that of its group, less how far it is from the group's worst vector towards the next groups. */
import { type Class, eq1, eq2, eq4, eq36, levels, scores } from './cvss4-tables.ts'

const required = ['AV', 'AC', 'AT', 'PR', 'UI', 'VC', 'VI', 'VA', 'SC', 'SI', 'SA'] as const
const optional: Readonly<Record<string, string>> = { E: 'A', CR: 'H', IR: 'H', AR: 'H' }

type Metrics = ReadonlyMap<string, string>

/** Undefined for what is no such vector, or lacks a part of it. */
export function cvss4Score(vector: string): number | undefined {
  const metrics = read(vector)
  if (metrics === undefined) return undefined
  if (['VC', 'VI', 'VA', 'SC', 'SI', 'SA'].every((name) => metrics.get(name) === 'N')) return 0
  const group = groupOf(metrics)
  const own = scoreOf(group)
  if (own === undefined) return undefined
  const steps = stepsDown(group).map(({ next, classOf }) => ({ drop: dropTo(own, next), classOf }))
  const possible = steps.flatMap(({ drop, classOf }) => (drop === undefined ? [] : [{ drop, part: classOf === undefined ? 0 : partOf(classOf, metrics) }]))
  const less = possible.length === 0 ? 0 : possible.reduce((sum, { drop, part }) => sum + drop * part, 0) / possible.length
  return Math.round(Math.max(0, Math.min(100, own - less)) + 1e-6) / 10
}

/** With modified metrics in place of those that they modify. */
function read(vector: string): Metrics | undefined {
  if (!vector.startsWith('CVSS:4.0/')) return undefined
  const given = new Map(
    vector
      .slice('CVSS:4.0/'.length)
      .split('/')
      .map((part) => part.split(':', 2) as [string, string]),
  )
  const known = (value: string | undefined): string | undefined => (value === undefined || value === 'X' ? undefined : value)
  const metrics = new Map<string, string>()
  for (const name of required) {
    const value = known(given.get(`M${name}`)) ?? known(given.get(name))
    if (value?.length !== 1 || !(levels[name] ?? '').includes(value)) return undefined
    metrics.set(name, value)
  }
  for (const [name, worst] of Object.entries(optional)) metrics.set(name, known(given.get(name)) ?? worst)
  return metrics
}

/** EQ1 to EQ6. */
type Group = readonly [number, number, number, number, number, number]

function groupOf(metrics: Metrics): Group {
  const is = (name: string, value: string): boolean => metrics.get(name) === value
  const easy = [is('AV', 'N'), is('PR', 'N'), is('UI', 'N')]
  const one = easy.every(Boolean) ? 0 : easy.some(Boolean) && !is('AV', 'P') ? 1 : 2
  const two = is('AC', 'L') && is('AT', 'N') ? 0 : 1
  const three = is('VC', 'H') && is('VI', 'H') ? 0 : is('VC', 'H') || is('VI', 'H') || is('VA', 'H') ? 1 : 2
  const four = is('SI', 'S') || is('SA', 'S') ? 0 : is('SC', 'H') || is('SI', 'H') || is('SA', 'H') ? 1 : 2
  const five = Math.max(0, 'APU'.indexOf(metrics.get('E') ?? 'A'))
  const six = ['C', 'I', 'A'].some((of) => is(`${of}R`, 'H') && is(`V${of}`, 'H')) ? 0 : 1
  return [one, two, three, four, five, six]
}

function scoreOf([one, two, three, four, five, six]: Group): number | undefined {
  if (four > 2 || five > 2 || six > 1) return undefined
  const row = scores[`${one}${two}${three}`]
  return three === 2 ? (six === 1 ? row?.[four * 3 + five] : undefined) : row?.[four * 6 + five * 2 + six]
}

interface Step {
  /** Groups one step milder, of which the worse counts. */
  readonly next: readonly Group[]
  /** Absent where nothing lies between the groups. */
  readonly classOf?: Class | undefined
}

function stepsDown([one, two, three, four, five, six]: Group): readonly Step[] {
  const both: readonly Group[] =
    three === 0 && six === 0
      ? [
          [one, two, 0, four, five, 1],
          [one, two, 1, four, five, 0],
        ]
      : six === 1
        ? [[one, two, three + 1, four, five, 1]]
        : [[one, two, three, four, five, 1]]
  return [
    { next: [[one + 1, two, three, four, five, six]], classOf: eq1[one] },
    { next: [[one, two + 1, three, four, five, six]], classOf: eq2[two] },
    { next: both, classOf: eq36[`${three}${six}`] },
    { next: [[one, two, three, four + 1, five, six]], classOf: eq4[four] },
    { next: [[one, two, three, four, five + 1, six]] },
  ]
}

function dropTo(own: number, next: readonly Group[]): number | undefined {
  const reached = next.flatMap((group) => scoreOf(group) ?? [])
  return reached.length === 0 ? undefined : own - Math.max(...reached)
}

/** How much of the way to the mildest vector of its class this one has gone. */
function partOf({ worst, depth }: Class, metrics: Metrics): number {
  for (const vector of worst) {
    const distances = vector.split('/').map((part) => {
      const [name = '', value = ''] = part.split(':')
      return (levels[name] ?? '').indexOf(metrics.get(name) ?? '') - (levels[name] ?? '').indexOf(value)
    })
    if (distances.every((distance) => distance >= 0)) return distances.reduce((sum, distance) => sum + distance, 0) / depth
  }
  return 0
}
