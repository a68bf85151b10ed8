/** `slipway serve [FILE|DIR…]`: the page and the API, until Ctrl-C. */
import { problem } from '../../base/problem.ts'
import { loopbackNames } from '../../server/guard/own-pages.ts'
import { tokenRule } from '../../server/guard/token.ts'
import { listen } from '../../server/listen.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { isLoopback, listenAddress } from '../listen-address.ts'
import { pipelineShelf } from '../serve/pipeline-shelf.ts'
import { readToken } from '../serve/read-token.ts'
import { withHistory } from '../with-history.ts'
import type { World } from '../world.ts'

export interface ServeOptions {
  readonly listen: string
  readonly tokenFile?: string
  readonly host: readonly string[]
  readonly readOnly?: boolean
}

export async function serveCommand(files: readonly string[], o: ServeOptions, world: World): Promise<ExitCode> {
  const address = listenAddress(o.listen)
  const token = await readToken(o.tokenFile, world)
  if (token === undefined && !isLoopback(address)) throw problem('SERVE_TOKEN_MISSING', { address: o.listen })
  world.orderly()
  const page = await world.tools.page(world)
  const tell = (text: string): void => void world.stderr.write(text)
  return withHistory(world, async (history) => {
    const parts = {
      version: world.version,
      history,
      answers: await world.tools.answers(world.home),
      pipelines: pipelineShelf(files, world),
      clock: world.clock,
      readOnly: o.readOnly ?? false,
      signal: world.signal,
    }
    const names = token === undefined ? new Set([...loopbackNames, ...o.host.map((name) => name.toLowerCase())]) : ('any' as const)
    const server = await listen({ parts, names, tell, ...(token !== undefined && { token: tokenRule(token) }), ...(page !== undefined && { page }) }, address)
    try {
      await world.stdout.write(`slipway at ${server.url}${o.readOnly === true ? ', read-only' : ''}\n`)
      if (page === undefined) await world.stderr.write('slipway: the page is not built (npm run build); the API is there\n')
      await new Promise<void>((resolve) => (world.signal.aborted ? resolve() : world.signal.addEventListener('abort', () => resolve(), { once: true })))
      return exitCodes.done
    } finally {
      await server.close()
    }
  })
}
