/** Codes of what is kept: history, secrets, content. */
import type { CodeEntry } from '../codes.ts'

export const storeCodes = {
  MACHINE_REFUSES: {
    severity: 'error',
    message: 'the machine refuses to {call} {file}: {reason}',
    explain:
      'A file or folder that Slipway needs, most often in its data folder, cannot be read or written by the user that it runs as, or the disk takes no more. The message names the call of the operating system and the file; what was written before is whole.',
  },
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
  HISTORY_DAMAGED: {
    severity: 'warning',
    message: 'the history {file} was damaged: it is now {aside}, and a new one has begun',
    hint: 'numbers go on where they were, and the logs are kept; `slipway runs prune` removes those of the runs that are no longer listed',
    explain:
      'SQLite found that the database of runs is damaged: a failing disk, or another program wrote to it. The file is kept under another name, in case something of it is worth saving. The numbers of new runs continue, as far as the old file or the folders of its runs could tell.',
  },
  HISTORY_BROKEN: {
    severity: 'error',
    message: 'the history {file} is damaged: {reason}',
    hint: 'run the command again: the next start looks the file through, and puts it aside if it is damaged',
    explain:
      'A part of the database that was read or written just now is damaged. The next start checks the whole file, keeps it under another name and begins a new one.',
  },
  HISTORY_FAILED: {
    severity: 'error',
    message: 'the history {file} cannot be read or written: {reason}',
    hint: 'check that the disk has room and the folder is writable; `slipway runs prune --keep N` makes room',
    explain:
      'Runs and their logs are kept in the data folder. Something there failed while it was in use, most often a full disk. A run that is under way goes on without being kept from then on; what was written before is whole.',
  },
  RUN_START_UNREADABLE: {
    severity: 'error',
    message: 'what run {run} was started with cannot be read with the key {file}',
    hint: 'start it anew with `slipway run FILE` and its inputs',
    explain: 'Inputs of runs are kept encrypted, because they may be confidential. The key file is gone, or it is another one.',
  },
} as const satisfies Record<string, CodeEntry>
