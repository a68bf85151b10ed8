/** What is said about a value that does not fit its row. Values of secret rows are never quoted. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { Wanted } from './codec.ts'
import { type Origin, showOrigin } from './setting.ts'

export function misfit(origin: Origin, wrong: { readonly want: Wanted; readonly got: string }, secret: boolean): Diagnostic {
  const data = { what: showOrigin(origin), value: secret ? '' : clip(wrong.got) }
  return diagnose(codeOf[wrong.want], data, { at: origin.at })
}

const codeOf = {
  flag: 'SETTINGS_NOT_A_FLAG',
  count: 'SETTINGS_NOT_A_NUMBER',
  plain: 'SETTINGS_SECRET_NOT_ALLOWED',
  pair: 'SETTINGS_BAD_PAIR',
  text: 'SETTINGS_NOT_TEXT',
  list: 'SETTINGS_NOT_A_LIST',
  map: 'SETTINGS_NOT_A_MAP',
} as const satisfies Record<Wanted, string>

export function conflict(first: Origin, second: Origin): Diagnostic {
  return diagnose('SETTINGS_CONFLICT', { first: showOrigin(first), second: showOrigin(second), name: first.name }, { at: first.at, related: also(second) })
}

export function overridden(winner: Origin, loser: Origin): Diagnostic {
  return diagnose('SETTINGS_OVERRIDDEN', { winner: showOrigin(winner), loser: showOrigin(loser) }, { at: winner.at, related: also(loser) })
}

function also(origin: Origin): Diagnostic['related'] {
  return origin.at === undefined ? undefined : [{ message: `the ${showOrigin(origin)}`, at: origin.at }]
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
