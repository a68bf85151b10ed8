/** The generated parts of docs/parity.md: how many cases there are of what, and what may differ. */
import { allCases } from '../../test/real/parity/cases/all.ts'
import { rungDifferences } from '../../test/real/parity/rung-differences.ts'
import { type Tolerated, type ToleratedName, tolerated } from '../../test/real/parity/tolerated.ts'

export function parityCounts(): string {
  const counts = new Map<string, number>()
  for (const { name } of allCases) {
    const group = name.split(':', 1)[0] ?? ''
    counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  const rows = [...counts].map(([group, count]) => `| ${group} | ${count} |`)
  return ['| group | cases |', '|---|---|', ...rows, `| all | ${allCases.length} |`].join('\n')
}

export function toleratedTable(): string {
  const rows = (Object.entries(tolerated) as readonly (readonly [ToleratedName, Tolerated])[]).map(([name, { difference, reason, everywhere }]) => {
    const cases = allCases.filter((one) => one.tolerated?.includes(name)).map((one) => `“${one.name}”`)
    return `| ${name} | ${difference} | ${reason} | ${everywhere ? 'any case' : cases.join(', ')} |`
  })
  return ['| name | difference | reason | cases |', '|---|---|---|---|', ...rows].join('\n')
}

export function rungTable(): string {
  const told = { files: 'differs', alike: 'is as in BuildKit' } as const
  const rows = rungDifferences.map((one) => {
    const result = one.kind === 'refused' ? `\`${one.code}\`` : told[one.kind]
    return `| ${one.rungs.join(', ')} | ${one.difference} | ${result} | ${one.reason} | ${one.cases.map((name) => `“${name}”`).join(', ')} |`
  })
  return ['| rungs | difference | the case | reason | cases |', '|---|---|---|---|---|', ...rows].join('\n')
}
