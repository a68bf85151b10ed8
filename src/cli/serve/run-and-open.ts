/** `slipway run --open`: the run, with its page in the browser. On a terminal the page stays when the run is over, until Ctrl-C. */
import { loopbackNames } from '../../server/guard/own-pages.ts'
import { type RunOptions, runCommand } from '../commands/run.ts'
import type { ExitCode } from '../failures.ts'
import { withHistory } from '../with-history.ts'
import type { World } from '../world.ts'
import { startServer } from './start-server.ts'
import { untilAborted } from './until-aborted.ts'

export async function runAndOpen(file: string, o: RunOptions, world: World): Promise<ExitCode> {
  return withHistory(world, async (history) => {
    const address = { host: '127.0.0.1', port: 0 }
    const server = await startServer({ files: [file], address, names: new Set(loopbackNames), limit: 1, readOnly: false }, history, world)
    let page = server.url
    try {
      const begun: RunOptions['begun'] = ({ run }) => {
        page = `${server.url}/runs/${run}`
        void world.stderr.write(`slipway: the page of this run: ${page}\n`)
        void world.tools.openBrowser(page)
      }
      const code = await runCommand(file, { ...o, begun }, world)
      if (world.stdout.columns !== undefined && !world.signal.aborted) {
        await world.stderr.write(`slipway: ${page} stays until Ctrl-C\n`)
        await untilAborted(world.signal)
      }
      await server.dispatcher.drain()
      return code
    } finally {
      await server.close()
    }
  })
}
