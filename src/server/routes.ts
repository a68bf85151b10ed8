/** All routes of the API. The document at /api/openapi.json is made of them. */
import type { Route } from './route.ts'
import { eventRoutes } from './routes/event-routes.ts'
import { logRoutes } from './routes/log-routes.ts'
import { orderRoutes } from './routes/order-routes.ts'
import { pipelineRoutes } from './routes/pipeline-routes.ts'
import { runRoutes } from './routes/run-routes.ts'
import { serverRoutes } from './routes/server-routes.ts'

export const routes: readonly Route[] = [...serverRoutes, ...runRoutes, ...eventRoutes, ...logRoutes, ...orderRoutes, ...pipelineRoutes]
