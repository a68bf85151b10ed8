/** Runs: the list and one of them. */
import * as v from 'valibot'
import { closingEvents } from '../../events/closing-events.ts'
import { reduceRun } from '../../events/reduce-run.ts'
import { emptyView } from '../../events/run-view.ts'
import type { RunFilter, RunRecord } from '../../ports/history.ts'
import { mayHaveDied } from '../follow/may-have-died.ts'
import type { ServerParts } from '../parts.ts'
import { count, json, route } from '../route.ts'
import { runRow, runView } from '../schemas/run-schema.ts'
import { viewJson } from '../without-secrets.ts'
import { queuedRows, rowOf, runOf } from './known-run.ts'

const short = v.pipe(v.string(), v.maxLength(200))
const stored = ['running', 'interrupted', 'passed', 'failed', 'errored', 'skipped', 'aborted'] as const
const cursor = v.pipe(
  v.string(),
  v.regex(/^\d{1,15}-[0-9a-z]{1,64}$/, 'as the list before has given it'),
  v.transform((text) => ({ startedAt: Number(text.split('-')[0]), run: text.split('-')[1] ?? '' })),
)

export const runRoutes = [
  route({
    method: 'get',
    path: '/api/runs',
    name: 'listRuns',
    about:
      'Runs, the newest first, those of terminals too. `next` goes on where the list ends. `queued`: those that wait for their turn or could not begin, whatever is asked for; not with a cursor.',
    query: {
      pipeline: v.optional(v.pipe(short, v.description('key, identifier or name of a pipeline'))),
      status: v.optional(v.picklist(stored)),
      branch: v.optional(short),
      text: v.optional(v.pipe(short, v.description('part of the name of a pipeline or branch, beginning of an id, or a number'))),
      cursor: v.optional(v.pipe(cursor, v.metadata({ description: '`next` of the list before' }))),
      limit: v.optional(v.pipe(count({ least: 1, most: 200 }), v.description('how many at most; 50 when nothing is said'))),
    },
    answer: { as: 'json', status: 200, schema: v.object({ runs: v.array(runRow), next: v.optional(v.string()), queued: v.array(runRow) }) },
    async handle({ query: { cursor: after, limit = 50, pipeline, status, branch, text } }, parts) {
      await mayHaveDied(parts)
      const filter: RunFilter = {
        ...(pipeline !== undefined && { pipeline }),
        ...(status !== undefined && { status }),
        ...(branch !== undefined && { branch }),
        ...(text !== undefined && { text: text.trim() }),
        ...(after !== undefined && { after }),
        // One more tells whether there are more.
        limit: limit + 1,
      }
      const found = await parts.history.list(filter)
      const runs = found.slice(0, limit)
      const last = runs.at(-1)
      const queued = after === undefined ? await queuedRows(parts) : []
      return json({ runs: runs.map(rowOf), queued, ...(last !== undefined && found.length > limit && { next: `${last.startedAt}-${last.run}` }) })
    },
  }),
  route({
    method: 'get',
    path: '/api/runs/{run}',
    name: 'getRun',
    about:
      'One run as its events fold up (src/events/reduce-run.ts), maps as lists in the order of the plan. Without output: `tail` and `outputBytes` say nothing here. A stream goes on after `view.seq`.',
    params: { run: v.pipe(v.string(), v.description('its id')) },
    answer: { as: 'json', status: 200, schema: v.object({ run: runRow, view: runView }) },
    problems: ['RUN_NOT_FOUND'],
    async handle({ params }, parts) {
      const record = await parts.history.find(params.run)
      const queued = record === undefined ? (await queuedRows(parts)).find(({ run }) => run === params.run) : undefined
      if (queued !== undefined) return json({ run: queued, view: viewJson(emptyView) })
      const known = await runOf(params.run, parts)
      return json({ run: rowOf(known), view: await viewOf(known, parts) })
    },
  }),
]

async function viewOf(record: RunRecord, { history }: ServerParts): Promise<object> {
  let view = emptyView
  for await (const recorded of history.events(record.run, { outputAfter: Number.MAX_SAFE_INTEGER })) view = reduceRun(view, recorded)
  if (record.status !== 'interrupted') return viewJson(view)
  return viewJson(closingEvents(view, record.run, record.finishedAt ?? record.startedAt).reduce(reduceRun, view))
}
