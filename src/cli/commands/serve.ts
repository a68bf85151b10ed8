/** `slipway serve [FILE|DIR…]`: the page and the API, until Ctrl-C. */
import { plural } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'
import { loopbackNames } from '../../server/guard/own-pages.ts'
import { tokenRule } from '../../server/guard/token.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { isLoopback, listenAddress } from '../listen-address.ts'
import { countOption } from '../runs/amount-options.ts'
import { readToken } from '../serve/read-token.ts'
import { type StartedServer, startServer } from '../serve/start-server.ts'
import { untilAborted } from '../serve/until-aborted.ts'
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
  const limit = countOption('--concurrency', o.concurrency)
  const readOnly = o.readOnly ?? false
  const token = await readToken(o.tokenFile, world)
  if (token === undefined && !isLoopback(address)) throw problem('SERVE_TOKEN_MISSING', { address: o.listen })
  const names = token === undefined ? new Set([...loopbackNames, ...o.host.map((name) => name.toLowerCase())]) : ('any' as const)
  world.orderly()
  return withHistory(world, async (history) => {
    const server = await startServer({ files, address, names, limit, readOnly, ...(token !== undefined && { token: tokenRule(token) }) }, history, world)
    try {
      await world.stdout.write(`slipway at ${server.url}${readOnly ? ', read-only' : ''}\n`)
      if (!server.hasPage) await world.stderr.write('slipway: the page is not built (npm run build); the API is there\n')
      await untilAborted(world.signal)
      await drain(server, world)
      return exitCodes.done
    } finally {
      await server.close()
    }
  })
}

/** The page stays until the runs are over. */
async function drain({ dispatcher }: StartedServer, { stderr, hurry, tools, home }: World): Promise<void> {
  const running = dispatcher.runs()
  if (running.length > 0) await stderr.write(`slipway: ${plural(running.length, 'run')} to end; nothing new begins, Ctrl-C once more ends them now\n`)
  const stops = await tools.stops(home)
  const end = (): void => void Promise.all(dispatcher.runs().map((run) => stops.ask(run, 'now')))
  if (hurry.aborted) end()
  else hurry.addEventListener('abort', end, { once: true })
  await dispatcher.drain()
  for (const run of running) await stops.forget(run)
}
