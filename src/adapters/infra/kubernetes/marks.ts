/** Labels on everything that a stage makes in a cluster: whose it is, and whether anybody still needs it. */
import { createHash } from 'node:crypto'
import { isAlive, thisProcess } from '../../../media/owner-process.ts'
import { labelValue } from './manifest/names.ts'

export const homeLabel = 'slipway.dev/home'
export const sessionLabel = 'slipway.dev/session'
export const runLabel = 'slipway.dev/run'
const ownerLabel = 'slipway.dev/owner'
/** The value of the label that reminds of a stage may be another's too; this one is not. */
const stageLabel = 'slipway.dev/stage-id'

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
    ...ownersMarks(session),
    [runLabel]: labelValue(run),
    'slipway.dev/stage': labelValue(stage),
    [stageLabel]: stageId(stage),
  }
}

/** Those that change when another process takes it over. */
export function ownersMarks(session: string): Readonly<Record<string, string>> {
  return { [sessionLabel]: session, [ownerLabel]: thisProcess().replace(' ', '.') }
}

/** Finds what a stage of a run has in the cluster, whoever made it. */
export function selectorOf({ home, run, stage }: Omit<Belonging, 'session'>): string {
  return `${ours},${homeLabel}=${home},${runLabel}=${labelValue(run)},${stageLabel}=${stageId(stage)}`
}

function stageId(stage: string): string {
  return createHash('sha256').update(stage).digest('hex').slice(0, 16)
}

/** Of labels that `marksOf` made with the same data folder. */
export function isLeftOver(labels: Readonly<Record<string, string>>): boolean {
  const owner = labels[ownerLabel]
  return owner !== undefined && !isAlive(owner.replace('.', ' '))
}
