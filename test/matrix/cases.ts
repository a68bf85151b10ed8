/** All cases of one engine: step types x modes x levels. */
import type { Case, Level } from './case-pipeline.ts'
import { modes } from './modes.ts'
import { stepTypes } from './step-types.ts'

const levels: readonly Level[] = ['step', 'stage']

export function cases(engine: string): readonly Case[] {
  const all = stepTypes.flatMap((row) =>
    modes.flatMap((mode) => levels.filter((level) => level === 'step' || Object.keys(mode.vars).length > 0).map((level) => ({ row, mode, level }))),
  )
  return all.map((one, at) => ({ ...one, image: `${engine}-${at}` }))
}
