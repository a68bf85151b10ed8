/** A bake file as buildx understood it, made into the one that is built: the same targets, exported for Slipway to deliver. Pure. */

import type { BakeFile, BakeTarget } from './bake-schema.ts'
import type { Output } from './build-args.ts'
import { csvOf } from './csv.ts'

export interface BakeOptions {
  /** Without what would push or load: that is Slipway's. */
  readonly kept: readonly string[]
  readonly dropped: readonly string[]
}

const switches = /^--(?:push|load|print|no-cache|pull|debug|check)$|^-D$/
const ours = /^--(?:push|load|print|progress|metadata-file)(?:=|$)/

/** One option or some targets per item; `--set a=b c` keeps its value with it. */
export function bakeOptions(given: readonly string[]): BakeOptions {
  const [kept, dropped]: [string[], string[]] = [[], []]
  for (const item of given.map((text) => text.trim()).filter((text) => text !== '')) {
    const [, first = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(item) ?? []
    const takes = first.startsWith('-') && !switches.test(first) && !first.includes('=')
    const flag = takes && rest !== '' ? [first, rest] : [first]
    ;(ours.test(first) ? dropped : kept).push(...flag)
    if (!takes) kept.push(...rest.split(/\s+/).filter((word) => word !== ''))
  }
  return { kept, dropped }
}

export interface Placed {
  readonly contexts: ReadonlyMap<string, string>
  /** Absent: only other targets want it. */
  readonly output?: Output
}

/** The targets that nobody needs as an image of its own are built as parts of others: they are not exported. */
export function exportedTargets({ group, target }: BakeFile): readonly string[] {
  const inGroups = [...new Set(Object.values(group).flatMap(({ targets }) => targets))].filter((name) => Object.hasOwn(target, name))
  return inGroups.length > 0 ? inGroups : Object.keys(target)
}

/** One archive or one loaded image each; names come when Slipway delivers. */
export function bakePlan(file: BakeFile, placed: ReadonlyMap<string, Placed>): { readonly target: Readonly<Record<string, object>> } {
  const targets = Object.entries(file.target).map(([name, target]) => [name, exporting(target, placed.get(name))] as const)
  return { target: Object.fromEntries(targets) }
}

function exporting({ tags: _tags, output: _output, contexts, ...rest }: BakeTarget, placed: Placed | undefined): object {
  if (placed === undefined) return { ...rest, contexts }
  const all = { ...Object.fromEntries(placed.contexts), ...contexts }
  const { output } = placed
  if (output === undefined) return { ...rest, contexts: all }
  return output.kind === 'archive'
    ? {
        ...rest,
        contexts: all,
        output: [
          csvOf([
            ['type', 'oci'],
            ['dest', output.file],
          ]),
        ],
      }
    : { ...rest, contexts: all, tags: [output.name], output: ['type=docker'] }
}
