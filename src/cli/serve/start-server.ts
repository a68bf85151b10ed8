/** The server with all that stands behind it, over a history that is open. */
import type { History } from '../../ports/history.ts'
import type { TokenRule } from '../../server/guard/token.ts'
import { type Address, listen } from '../../server/listen.ts'
import type { World } from '../world.ts'
import { type Dispatcher, dispatcher } from './dispatcher.ts'
import { pipelineShelf } from './pipeline-shelf.ts'
import { runDesk } from './run-desk.ts'

export interface StartServerOptions {
  readonly files: readonly string[]
  readonly address: Address
  /** By which browsers may call it; `any` with a token. */
  readonly names: ReadonlySet<string> | 'any'
  readonly token?: TokenRule
  /** How many runs at once. */
  readonly limit: number
  readonly readOnly: boolean
}

export interface StartedServer {
  readonly url: string
  readonly hasPage: boolean
  readonly dispatcher: Dispatcher
  /** Ends streams and connections; runs that it has started are another matter. */
  close(): Promise<void>
}

export async function startServer(o: StartServerOptions, history: History, world: World): Promise<StartedServer> {
  const { tools, home, version, clock } = world
  const page = await tools.page(world)
  const queue = await tools.runQueue(home)
  const ending = new AbortController()
  const work = dispatcher({ queue, starter: await tools.runStarter(home), history, limit: o.readOnly ? 0 : o.limit }, world)
  const parts = {
    version,
    history,
    clock,
    readOnly: o.readOnly,
    signal: ending.signal,
    answers: await tools.answers(home),
    pipelines: pipelineShelf(o.files, world),
    desk: runDesk({ files: o.files, limit: o.limit, queue, stops: await tools.stops(home), dispatcher: work }, world),
  }
  const tell = (text: string): void => void world.stderr.write(text)
  const options = { parts, names: o.names, tell, ...(o.token !== undefined && { token: o.token }), ...(page !== undefined && { page }) }
  const server = await listen(options, o.address).catch(async (error: unknown) => {
    await work.drain()
    throw error
  })
  return {
    url: server.url,
    hasPage: page !== undefined,
    dispatcher: work,
    async close() {
      ending.abort(new Error('the server ends'))
      await server.close()
    },
  }
}
