/** Codes of what is kept: history, secrets, content. */
import type { CodeEntry } from '../codes.ts'

export const storeCodes = {
  HISTORY_UNUSABLE: {
    severity: 'error',
    message: 'the history {file} cannot be used: {reason}',
    hint: 'check that the folder is writable and has room, or point SLIPWAY_HOME elsewhere',
    explain: 'Runs are kept in a SQLite database in the data folder of Slipway. It could not be opened or written; no step was run.',
  },
  HISTORY_NEWER: {
    severity: 'error',
    message: 'the history {file} was written by a newer Slipway (schema {found}, this one knows {known})',
    hint: 'use that version, or point SLIPWAY_HOME to another folder',
    explain: 'A newer version changed the layout of the history. An older one does not touch it, so that nothing is lost.',
  },
} as const satisfies Record<string, CodeEntry>
