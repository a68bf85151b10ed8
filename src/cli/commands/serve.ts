/** `slipway serve [FILE|DIR…]`: the page and the API, until Ctrl-C. */
import { plural } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'
import type { History } from '../../ports/history.ts'
import { loopbackNames } from '../../server/guard/own-pages.ts'
import { tokenRule } from '../../server/guard/token.ts'
import { listen } from '../../server/listen.ts'
import type { ServerParts } from '../../server/parts.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { isLoopback, listenAddress } from '../listen-address.ts'
import { countOption } from '../runs/amount-options.ts'
import { type Dispatcher, dispatcher } from '../serve/dispatcher.ts'
import { pipelineShelf } from '../serve/pipeline-shelf.ts'
import { readToken } from '../serve/read-token.ts'
import { runDesk } from '../serve/run-desk.ts'
import { withHistory } from '../with-history.ts'
import type { World } from '../world.ts'

export interface ServeOptions {
  readonly listen: string
  readonly tokenFile?: string
  readonly host: readonly string[]
  readonly readOnly?: boolean
  readonly concurrency: string
}

export async function serveCommand(files: readonly string[], o: ServeOptions, world: World): Promise<ExitCode> {
  const address = listenAddress(o.listen)
  const token = await readToken(o.tokenFile, world)
  if (token === undefined && !isLoopback(address)) throw problem('SERVE_TOKEN_MISSING', { address: o.listen })
  world.orderly()
  const page = await world.tools.page(world)
  const tell = (text: string): void => void world.stderr.write(text)
  return withHistory(world, async (history) => {
    const ending = new AbortController()
    const work = await workOf(files, o, history, world)
    const parts = { ...(await partsOf(files, o, history, world)), desk: work.desk, signal: ending.signal }
    const names = token === undefined ? new Set([...loopbackNames, ...o.host.map((name) => name.toLowerCase())]) : ('any' as const)
    const guard = { names, ...(token !== undefined && { token: tokenRule(token) }) }
    const server = await listen({ parts, ...guard, tell, ...(page !== undefined && { page }) }, address)
    try {
      await world.stdout.write(`slipway at ${server.url}${o.readOnly === true ? ', read-only' : ''}\n`)
      if (page === undefined) tell('slipway: the page is not built (npm run build); the API is there\n')
      await aborted(world.signal)
      const { running } = work.dispatcher
      if (running > 0) tell(`slipway: ${plural(running, 'run')} to end; nothing new begins, Ctrl-C once more ends them now\n`)
      await work.dispatcher.drain()
      return exitCodes.done
    } finally {
      ending.abort(new Error('the server ends'))
      await server.close()
    }
  })
}

async function partsOf(files: readonly string[], o: ServeOptions, history: History, world: World): Promise<Omit<ServerParts, 'desk' | 'signal'>> {
  const { version, clock, tools, home } = world
  return { version, history, clock, answers: await tools.answers(home), pipelines: pipelineShelf(files, world), readOnly: o.readOnly ?? false }
}

async function workOf(
  files: readonly string[],
  o: ServeOptions,
  history: History,
  world: World,
): Promise<{ readonly dispatcher: Dispatcher; readonly desk: ServerParts['desk'] }> {
  const { tools, home } = world
  const limit = countOption('--concurrency', o.concurrency)
  const queue = await tools.runQueue(home)
  const work = dispatcher({ queue, starter: await tools.runStarter(home), history, limit: o.readOnly === true ? 0 : limit }, world)
  return { dispatcher: work, desk: runDesk({ files, limit, queue, stops: await tools.stops(home), dispatcher: work }, world) }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })))
}
