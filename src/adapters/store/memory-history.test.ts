import { describe } from 'vitest'
import { historyContract } from '../../ports/history.contract.ts'
import { memoryHistory } from './memory-history.ts'

describe('memory history', () => historyContract(async () => ({ history: memoryHistory() })))
