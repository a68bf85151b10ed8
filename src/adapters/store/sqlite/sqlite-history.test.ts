import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { historyContract } from '../../../ports/history.contract.ts'
import { sqliteHistory } from './sqlite-history.ts'

describe('sqlite history', () => {
  historyContract(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'slipway-history-'))
    return { history: sqliteHistory({ dir }), reopen: async () => sqliteHistory({ dir }) }
  })
})
