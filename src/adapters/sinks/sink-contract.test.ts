import { describe } from 'vitest'
import { fakeClock } from '../../../test/support/fake-clock.ts'
import { sinkContract } from '../../ports/sink.contract.ts'
import { memoryHistory } from '../store/memory-history.ts'
import { historySink } from './history-sink.ts'
import { junitSink } from './junit-sink.ts'
import { ndjsonSink } from './ndjson-sink.ts'
import { plainSink } from './plain-sink.ts'
import { quietSink } from './quiet-sink.ts'
import { terminalSink } from './terminal-sink.ts'

const wide = { columns: 100, rows: 40, colour: false }
const atTheEnd = (test: string) => ({ test, reason: 'it writes once, when the run is over' })
const inFrames = (test: string) => ({ test, reason: 'it draws the latest state ten times a second, and skips what a slow terminal has no time for' })

describe('the plain sink', () => sinkContract(async (outlet) => plainSink({ ...wide, columns: undefined, rows: undefined, write: (text) => outlet.put(text) })))

describe('the NDJSON sink', () => sinkContract(async (outlet) => ndjsonSink({ write: (text) => outlet.put(text) })))

describe('the JUnit sink', () =>
  sinkContract(async (outlet) => junitSink({ write: (text) => outlet.put(text) }), { skip: [atTheEnd('waits for an outlet that is slow')] }))

describe('the quiet sink', () =>
  sinkContract(async (outlet) => quietSink({ ...wide, columns: undefined, rows: undefined, write: (text) => outlet.put(text) }), {
    skip: [atTheEnd('waits for an outlet that is slow')],
  }))

describe('the history sink', () =>
  sinkContract(async (outlet) =>
    historySink({
      ...memoryHistory(),
      append: async (some) => {
        await outlet.put(JSON.stringify(some))
      },
    }),
  ))

describe('the terminal sink', () =>
  sinkContract(
    async (outlet) => terminalSink({ out: { ...wide, write: (text) => outlet.put(text) }, clock: fakeClock(), stopping: new AbortController().signal }),
    { skip: [inFrames('waits for an outlet that is slow')] },
  ))
