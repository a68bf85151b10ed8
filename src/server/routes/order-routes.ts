/** Orders: start, run again, stop, decide. */
import * as v from 'valibot'
import { brandAs } from '../../base/brand.ts'
import { problem } from '../../base/problem.ts'
import type { RunId } from '../../events/run-event.ts'
import type { RunRecord } from '../../ports/history.ts'
import { choices } from '../../ports/intervention.ts'
import type { ServerParts } from '../parts.ts'
import { json, route } from '../route.ts'
import { runOf } from './known-run.ts'

const params = { run: v.pipe(v.string(), v.description('its id')) }
const values = v.optional(v.record(v.string(), v.string()), {})
const ordered = { as: 'json', status: 202, schema: v.object({ run: v.string() }) } as const

export const orderRoutes = [
  route({
    method: 'post',
    path: '/api/runs',
    name: 'startRun',
    about: 'Queues a run of a pipeline, and answers the id that it will have. It begins when fewer than the limit are running.',
    writes: true,
    body: v.strictObject({
      pipeline: v.string(),
      inputs: values,
      variables: values,
      branch: v.optional(v.string()),
      stages: v.optional(v.array(v.string())),
      on: v.optional(v.picklist(['local', 'docker', 'kubernetes', 'fake'])),
    }),
    answer: ordered,
    problems: ['PIPELINE_NOT_SERVED', 'API_INPUTS_MISSING', 'API_INPUT_REFUSED', 'API_BRANCH_UNKNOWN'],
    async handle({ body: { branch, stages, on, ...order } }, { desk }) {
      const more = { ...(branch !== undefined && { branch }), ...(stages !== undefined && stages.length > 0 && { stages }), ...(on !== undefined && { on }) }
      return json({ run: await desk.start({ ...order, ...more }) })
    },
  }),
  route({
    method: 'post',
    path: '/api/runs/{run}/rerun',
    name: 'rerun',
    about: 'Queues the same run once more, with the inputs it had; perhaps from the first stage that failed, perhaps with other inputs.',
    writes: true,
    params,
    body: v.strictObject({ fromFailed: v.optional(v.boolean(), false), inputs: values, variables: values }),
    answer: ordered,
    problems: ['RUN_NOT_FOUND', 'RUN_NOT_REPEATABLE', 'RERUN_NOTHING_FAILED'],
    async handle({ params: { run }, body }, parts) {
      const of = await runOf(run, parts)
      if ((await parts.history.given(of.run)) === undefined) throw problem('RUN_NOT_REPEATABLE', { run: nameOf(of), file: of.pipelineFile })
      if (body.fromFailed && of.status === 'passed') throw problem('RERUN_NOTHING_FAILED', { run: nameOf(of) })
      return json({ run: await parts.desk.again(of, body) })
    },
  }),
  route({
    method: 'post',
    path: '/api/runs/{run}/abort',
    name: 'abortRun',
    about: 'Takes a run out of the queue, or asks it to end: steps have 10 s to end by themselves, with `now` none. Runs of terminals too.',
    writes: true,
    params,
    body: v.strictObject({ now: v.optional(v.boolean(), false) }),
    answer: { as: 'json', status: 202, schema: v.object({ did: v.picklist(['cancelled', 'asked']) }) },
    problems: ['RUN_NOT_FOUND', 'RUN_OVER'],
    async handle({ params: { run }, body: { now } }, parts) {
      const cancelled = await parts.desk.cancel(run)
      if (cancelled !== undefined) return json({ did: cancelled })
      const stop = now ? 'now' : 'in good order'
      if (await isStarting(run, parts)) {
        await parts.desk.stop(brandAs<RunId>(run), stop)
        return json({ did: 'asked' })
      }
      const record = await runOf(run, parts)
      if (record.status !== 'running') throw problem('RUN_OVER', { run: nameOf(record), status: record.status })
      await parts.desk.stop(record.run, stop)
      return json({ did: 'asked' })
    },
  }),
  route({
    method: 'post',
    path: '/api/runs/{run}/answer',
    name: 'answerRun',
    about: 'Decides what a run is to do about a step that failed and waits (`pause.kind` is `decision`). The first answer holds.',
    writes: true,
    params,
    body: v.strictObject({ step: v.string(), choice: v.picklist(choices) }),
    answer: { as: 'json', status: 200, schema: v.object({ step: v.string(), choice: v.string() }) },
    problems: ['RUN_NOT_FOUND', 'RUN_ASKS_NOTHING', 'RUN_ANSWERED'],
    async handle({ params: { run }, body: { step, choice }, signal }, parts: ServerParts) {
      const record = await runOf(run, parts)
      if (record.status !== 'running') throw problem('RUN_ASKS_NOTHING', { run: nameOf(record) })
      const given = await parts.answers.give(record.run, step, choice, { signal })
      if (given === 'answered') throw problem('RUN_ANSWERED', { step })
      if (given === 'not asked') throw problem('RUN_ASKS_NOTHING', { run: nameOf(record) })
      return json({ step, choice })
    },
  }),
]

/** Its process was started, and has not begun the run: it will hear of the stop when it does. */
async function isStarting(run: string, { desk, history }: ServerParts): Promise<boolean> {
  const started = (await desk.queued()).some((one) => one.run === run && one.state.kind === 'started')
  return started && (await history.find(run)) === undefined
}

function nameOf({ pipelineName, sequenceId, run }: RunRecord): string {
  return `${pipelineName}#${sequenceId} (${run})`
}
