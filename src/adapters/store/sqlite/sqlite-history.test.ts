import { describe } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { historyContract } from '../../../ports/history.contract.ts'
import { sqliteHistory } from './sqlite-history.ts'

describe('sqlite history', () => {
  historyContract(async () => {
    const { dir } = tempProject()
    return { history: sqliteHistory({ dir }), reopen: async () => sqliteHistory({ dir }) }
  })
})
