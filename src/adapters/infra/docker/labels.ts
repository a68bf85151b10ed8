/** Labels on everything that a stage makes in the engine: whose it is, and whether anybody still needs it. */
import type { Labels } from '../../../docker-api/labels.ts'
import { isAlive, thisProcess } from '../../../media/owner-process.ts'

export const homeLabel = 'slipway.home'
export const stageLabel = 'slipway.stage-id'
const ownerLabel = 'slipway.owner'

/** This process, and how to ask after others. */
export interface Self {
  readonly pid: number
  readonly kill: (pid: number, signal: 0) => void
}

export interface Belonging {
  /** Of the data folder: several machines may use one engine, and each takes away its own only. */
  readonly home: string
  readonly run: string
  readonly stage: string
  readonly stageId: string
}

export function labelsOf({ home, run, stage, stageId }: Belonging, self: Self): Labels {
  return { [homeLabel]: home, [ownerLabel]: owner(self), [stageLabel]: stageId, 'slipway.run': run, 'slipway.stage': stage }
}

/** Of labels that `labelsOf` made with the same data folder. */
export function isLeftOver(labels: Labels, self: Self): boolean {
  const named = labels[ownerLabel]
  if (named === undefined) return false
  return named.startsWith('pid ') ? !runs(Number(named.slice(4)), self) : !isAlive(named)
}

/** Without /proc there is the number alone. */
function owner({ pid }: Self): string {
  const exact = thisProcess()
  return exact === 'unknown' ? `pid ${pid}` : exact
}

function runs(pid: number, { kill }: Self): boolean {
  try {
    kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
