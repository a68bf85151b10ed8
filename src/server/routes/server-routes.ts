/** What this server is. */
import * as v from 'valibot'
import { json, route } from '../route.ts'

export const serverRoutes = [
  route({
    method: 'get',
    path: '/api/server',
    name: 'getServer',
    about: 'What this server is, and whether it takes orders.',
    answer: { as: 'json', status: 200, schema: v.object({ version: v.string(), readOnly: v.boolean(), concurrency: v.number(), now: v.number() }) },
    async handle(_asked, { version, readOnly, desk, clock }) {
      return json({ version, readOnly, concurrency: desk.limit, now: clock.now() })
    },
  }),
]
