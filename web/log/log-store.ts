/** Lines of a step's log, fetched by the blocks that are seen, and kept as long as they are near. */
import { type Signal, signal } from '@preact/signals'
import { type Failure, get } from '../api/client.ts'
import { paths } from '../api/paths.ts'
import type { LogLine, LogPart } from '../api/types.ts'

export interface LogStore {
  readonly total: Signal<number>
  /** Whether more may come. */
  readonly growing: Signal<boolean>
  readonly failure: Signal<Failure | undefined>
  /** Changes whenever lines have come. */
  readonly version: Signal<number>
  /** Line by its index, from 0; undefined while it is on its way. */
  line(index: number): LogLine | undefined
  /** Has the lines of this range fetched. */
  want(first: number, end: number): void
  /** Asks how many lines there are now. */
  refresh(): Promise<void>
  stop(): void
}

const blockSize = 500
const mostBlocks = 60

export function logStore(run: string, step: string): LogStore {
  const [total, growing, version, failure] = [signal(0), signal(true), signal(0), signal<Failure | undefined>(undefined)]
  const blocks = new Map<number, readonly LogLine[]>()
  const asked = new Set<number>()
  const gone = new AbortController()

  const fetchBlock = async (block: number): Promise<void> => {
    if (asked.has(block)) return
    asked.add(block)
    const answer = await get<LogPart>(paths.log(run, step, block * blockSize + 1, blockSize), { signal: gone.signal })
    asked.delete(block)
    if (gone.signal.aborted) return
    if (!answer.ok) {
      failure.value = answer.failure
      return
    }
    failure.value = undefined
    keep(block, answer.value.lines)
    growing.value = answer.value.growing
    total.value = answer.value.total
    version.value += 1
  }
  const keep = (block: number, lines: readonly LogLine[]): void => {
    blocks.delete(block)
    blocks.set(block, lines)
    for (const oldest of blocks.keys()) {
      if (blocks.size <= mostBlocks) break
      blocks.delete(oldest)
    }
  }
  /** Long lines come in fewer at a time, and a block at the end grows. */
  const isWhole = (block: number): boolean => {
    const lines = blocks.get(block)
    return lines !== undefined && lines.length >= Math.min(blockSize, total.peek() - block * blockSize)
  }
  const fillBlock = async (block: number): Promise<void> => {
    const have = blocks.get(block)
    if (have === undefined || have.length === 0 || have.length >= blockSize) return await fetchBlock(block)
    if (asked.has(block)) return
    asked.add(block)
    // The last line may have grown too.
    const from = block * blockSize + have.length
    const answer = await get<LogPart>(paths.log(run, step, from, blockSize - have.length + 1), { signal: gone.signal })
    asked.delete(block)
    if (gone.signal.aborted || !answer.ok) return
    keep(block, [...have.slice(0, -1), ...answer.value.lines])
    growing.value = answer.value.growing
    total.value = answer.value.total
    version.value += 1
  }
  return {
    total,
    growing,
    failure,
    version,
    line: (index) => blocks.get(Math.floor(index / blockSize))?.[index % blockSize],
    want(first, end) {
      for (let block = Math.floor(first / blockSize); block * blockSize < end; block++) if (!isWhole(block)) void fillBlock(block)
    },
    async refresh() {
      await fillBlock(Math.max(0, Math.floor((total.peek() - 1) / blockSize)))
    },
    stop: () => gone.abort(),
  }
}
