/** Pipelines that can be started, and what starting one needs to be told. */
import * as v from 'valibot'
import { problem } from '../../base/problem.ts'
import { json, route } from '../route.ts'
import { diagnostic, runRow } from '../schemas/run-schema.ts'
import { rowOf } from './known-run.ts'

const text = v.string()
const stages = v.array(v.object({ identifier: text, name: text }))

const shelved = v.object({
  id: text,
  file: text,
  pipeline: v.optional(text),
  identifier: v.optional(text),
  name: v.optional(text),
  description: v.optional(text),
  stages,
  problems: v.array(diagnostic),
  /** Its newest runs. */
  latest: v.array(runRow),
})

const form = v.object({
  inputs: v.array(
    v.object({
      path: text,
      type: v.optional(text),
      default: v.optional(text),
      oneOf: v.optional(v.array(text)),
      someOf: v.optional(v.array(text)),
      pattern: v.optional(text),
    }),
  ),
  variables: v.array(v.object({ name: text, type: text, value: v.optional(text) })),
  stages,
  branches: v.array(text),
  branch: v.optional(text),
  secrets: v.array(v.object({ name: text, known: v.boolean() })),
})

const latest = 5

export const pipelineRoutes = [
  route({
    method: 'get',
    path: '/api/pipelines',
    name: 'listPipelines',
    about: 'The pipeline files that the server was started with, as they are now: with what is wrong with each, and its newest runs.',
    answer: { as: 'json', status: 200, schema: v.object({ pipelines: v.array(shelved) }) },
    async handle(_asked, { pipelines, history }) {
      const found = []
      for (const one of await pipelines.list()) {
        const runs = one.pipeline === undefined ? [] : await history.list({ pipeline: one.pipeline, limit: latest })
        found.push({ ...one, latest: runs.map(rowOf) })
      }
      return json({ pipelines: found })
    },
  }),
  route({
    method: 'get',
    path: '/api/pipelines/{pipeline}/form',
    name: 'getForm',
    about:
      'What starting a pipeline needs to be told: inputs with their defaults and limits, variables, stages, branches, and which secrets this machine lacks.',
    params: { pipeline: v.pipe(text, v.description('`id` of the list')) },
    answer: { as: 'json', status: 200, schema: form },
    problems: ['PIPELINE_NOT_SERVED'],
    async handle({ params: { pipeline } }, { pipelines }) {
      const found = await pipelines.form(pipeline)
      if (found === undefined) throw problem('PIPELINE_NOT_SERVED', { pipeline })
      return json(found)
    },
  }),
]
