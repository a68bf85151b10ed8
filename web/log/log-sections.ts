/** Finds the sections of a log: marks that steps print, and the steps of a build. */
import type { Signal } from '@preact/signals'
import { get } from '../api/client.ts'
import { paths } from '../api/paths.ts'
import type { LogFinds } from '../api/types.ts'
import { type Section, sectionsOf } from './folds.ts'

/** What all marks have in them, so that one search finds them; and the steps of a build. */
const mark = 'group'
const buildMark = ' ['
/** Looking through more takes the server too long for what it is worth. */
const mostLines = 200_000

export async function loadSections(
  run: string,
  step: { readonly path: string; readonly type: string },
  sections: Signal<readonly Section[]>,
  total: number,
): Promise<void> {
  if (total === 0 || total > mostLines) return
  const texts = /^BuildAndPush|^Plugin$/.test(step.type) ? [mark, buildMark] : [mark]
  const answers = await Promise.all(texts.map((text) => get<LogFinds>(paths.logSearch(run, step.path, text))))
  const good = answers.flatMap((answer) => (answer.ok ? [answer.value] : []))
  const found = new Map(good.flatMap((value) => value.found.map((one) => [one.n, one] as const)))
  const next = sectionsOf(
    [...found.values()].sort((a, b) => a.n - b.n),
    good[0]?.total ?? 0,
  )
  if (JSON.stringify(next) !== JSON.stringify(sections.peek())) sections.value = next
}
