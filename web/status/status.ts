/** The one language for how things stand: a word, an icon and a tone for each status, wherever it is shown. */
import type { NodeStatus } from '../../src/events/run-view.ts'

/** A run may also wait for its turn, or have died with its process; a step may stand still. */
export type Status = NodeStatus | 'queued' | 'refused' | 'interrupted' | 'asking' | 'retrying' | 'ignored'

export type Tone = 'good' | 'bad' | 'odd' | 'live' | 'warn' | 'still'

export interface StatusLook {
  readonly word: string
  readonly tone: Tone
  /** Paths of a 16 by 16 drawing; strokes, never filled. */
  readonly icon: string
}

const ring = 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5z'

export const statuses = {
  waiting: { word: 'Waiting', tone: 'still', icon: `${ring}M5 8h.01M8 8h.01M11 8h.01` },
  queued: { word: 'Queued', tone: 'still', icon: `${ring}M8 4.75V8l2 1.5` },
  refused: { word: 'Refused', tone: 'bad', icon: `${ring}M3.6 12.4l8.8-8.8` },
  running: { word: 'Running', tone: 'live', icon: 'M8 1.75a6.25 6.25 0 0 1 6.25 6.25' },
  passed: { word: 'Passed', tone: 'good', icon: `${ring}M5.2 8.2l2 2 3.6-4.2` },
  failed: { word: 'Failed', tone: 'bad', icon: `${ring}M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4` },
  errored: { word: 'Error', tone: 'bad', icon: `${ring}M8 4.6v4M8 11.2v.01` },
  skipped: { word: 'Skipped', tone: 'still', icon: `${ring}M5.2 5.6L7.6 8l-2.4 2.4M8.4 5.6L10.8 8l-2.4 2.4` },
  aborted: { word: 'Aborted', tone: 'warn', icon: `${ring}M5.9 5.9h4.2v4.2H5.9z` },
  interrupted: { word: 'Interrupted', tone: 'odd', icon: `${ring}M9 3.8L6.6 8h2.8L7 12.2` },
  asking: { word: 'Needs a decision', tone: 'warn', icon: `${ring}M6.4 6.3a1.7 1.7 0 1 1 2.3 1.6c-.5.2-.7.5-.7 1M8 11.4v.01` },
  retrying: { word: 'Trying again', tone: 'live', icon: 'M13.4 6.2A5.6 5.6 0 1 0 13.6 9M13.6 2.6v3.8H9.8' },
  ignored: { word: 'Failed, ignored', tone: 'warn', icon: `${ring}M5 8h6` },
} as const satisfies Record<Status, StatusLook>

/** The order in which counts are told: what needs a person first. */
export const byUrgency: readonly Status[] = [
  'asking',
  'failed',
  'errored',
  'refused',
  'aborted',
  'interrupted',
  'ignored',
  'retrying',
  'running',
  'queued',
  'waiting',
  'skipped',
  'passed',
]
