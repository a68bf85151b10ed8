/** Labels on everything that a stage makes in a cluster: whose it is, and whether anybody still needs it. */
import { isAlive, thisProcess } from '../../../media/owner-process.ts'
import { labelValue } from './manifest/names.ts'

export const homeLabel = 'slipway.dev/home'
export const sessionLabel = 'slipway.dev/session'
const ownerLabel = 'slipway.dev/owner'

/** What everything of ours has. */
export const ours = 'app.kubernetes.io/managed-by=slipway'

export interface Belonging {
  /** Of the data folder: several machines may use one cluster, and each takes away its own only. */
  readonly home: string
  readonly run: string
  readonly stage: string
  /** Of this process: what its watch is about. */
  readonly session: string
}

export function marksOf({ home, run, stage, session }: Belonging): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/managed-by': 'slipway',
    [homeLabel]: home,
    [sessionLabel]: session,
    [ownerLabel]: thisProcess().replace(' ', '.'),
    'slipway.dev/run': labelValue(run),
    'slipway.dev/stage': labelValue(stage),
  }
}

/** Of labels that `marksOf` made with the same data folder. */
export function isLeftOver(labels: Readonly<Record<string, string>>): boolean {
  const owner = labels[ownerLabel]
  return owner !== undefined && !isAlive(owner.replace('.', ' '))
}
