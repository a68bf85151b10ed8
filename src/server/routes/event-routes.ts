/** What happened in a run, as a list and as a stream. */
import * as v from 'valibot'
import { brandAs } from '../../base/brand.ts'
import type { RunId } from '../../events/run-event.ts'
import { followRun } from '../follow/follow-run.ts'
import { storedEvents } from '../follow/stored-events.ts'
import { count, json, route } from '../route.ts'
import { recordedEvent, runRow } from '../schemas/run-schema.ts'
import { queuedRows, rowOf, runOf } from './known-run.ts'

const run = v.pipe(v.string(), v.description('its id'))
const filter = {
  after: v.optional(v.pipe(count({ most: Number.MAX_SAFE_INTEGER }), v.description('only what comes after the event of this number'))),
  output: v.optional(v.pipe(v.picklist(['all', 'none']), v.description('none: without what steps print'))),
  step: v.optional(v.pipe(v.string(), v.description('only events of the step of this path'))),
}
/** Letters of output. */
const longestAnswer = 4 * 1024 * 1024
const limit = v.optional(
  v.pipe(count({ least: 1, most: 10_000 }), v.description('how many at most; 1000 when nothing is said. Fewer may come when they are long.')),
)

export const eventRoutes = [
  route({
    method: 'get',
    path: '/api/runs/{run}/events',
    name: 'listEvents',
    about: 'The events of a run in their order, from any number on. A run that was interrupted ends with the events that its process could not write.',
    params: { run },
    query: { ...filter, limit },
    answer: {
      as: 'json',
      status: 200,
      schema: v.object({
        run: runRow,
        events: v.array(recordedEvent),
        /** Goes on after `last`. */
        last: v.number(),
        more: v.boolean(),
      }),
    },
    problems: ['RUN_NOT_FOUND'],
    async handle({ params, query: { after = 0, output = 'all', step, limit: most = 1000 } }, parts) {
      const record = await runOf(params.run, parts)
      const events = []
      let more = false
      let size = 0
      for await (const one of storedEvents(record, parts.history, { after, output, step })) {
        more = events.length === most || size > longestAnswer
        if (more) break
        events.push(one)
        if (one.event.kind === 'step.output') size += one.event.text.length
      }
      return json({ run: rowOf(record), events, last: events.at(-1)?.seq ?? after, more })
    },
  }),
  route({
    method: 'get',
    path: '/api/runs/{run}/events/stream',
    name: 'streamEvents',
    about:
      'The events of a run, those that were and those that come, without a gap and none twice. Each message is a JSON list of events; its id is the number of the last, with which a lost stream goes on (Last-Event-ID). Neighbouring output of one step may come as one event, with the number of the last. A queued run is waited for. The message `end` closes it, with the line of the run.',
    params: { run },
    query: filter,
    answer: { as: 'text/event-stream', status: 200, about: 'messages: lists of events, then `end`' },
    problems: ['RUN_NOT_FOUND'],
    async handle({ params, query: { after = 0, output = 'all', step }, lastEventId, signal }, parts) {
      const waiting = (await queuedRows(parts)).some(({ run: queued }) => queued === params.run)
      const { run } = waiting ? { run: brandAs<RunId>(params.run) } : await runOf(params.run, parts)
      const resumed = /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) : after
      return { kind: 'stream', type: 'text/event-stream', parts: followRun(run, { after: resumed, output, step, signal }, parts) }
    },
  }),
]
