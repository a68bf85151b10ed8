/** What each workload is to reach: our wall time as a share of the fastest peer's, or of 0.25 s where that is larger. */

export const measures = ['cold', 'noop', 'change', 'tar'] as const
export type Measure = (typeof measures)[number]

export const measureTitles: Readonly<Record<Measure, string>> = { cold: 'cold', noop: 'unchanged', change: 'one file changed', tar: 'to archive' }

type Goal = Readonly<Record<Measure, number>>

export const goals = {
  'w1-tiny': { cold: 0.8, noop: 1, change: 0.8, tar: 0.8 },
  'w2-app': { cold: 0.7, noop: 1, change: 0.7, tar: 0.5 },
  'w3-steps': { cold: 0.6, noop: 1, change: 0.6, tar: 0.5 },
  'w4-multistage': { cold: 0.7, noop: 1, change: 0.7, tar: 0.5 },
  'w5-copy': { cold: 0.3, noop: 0.8, change: 0.3, tar: 0.3 },
  'w6-big': { cold: 0.6, noop: 1, change: 0.6, tar: 0.5 },
  'w7-coldbase': { cold: 0.4, noop: 1, change: 0.8, tar: 0.4 },
} as const satisfies Record<string, Goal>

export type WorkloadName = keyof typeof goals
export const workloadNames = Object.keys(goals) as readonly WorkloadName[]

/** Below this many seconds a peer counts as if it took so long: start-up of programs is not what is compared. */
export const leastSeconds = 0.25
export const mostMegabytes = 300
/** Of BuildKit's compressed size. */
export const mostSize = 1.03
