/** `slipway inspect REF|ARCHIVE`: manifest, configuration, layers, sizes and history. */
import { type ExitCode, exitCodes } from '../failures.ts'
import { describeView, viewText } from '../images/describe-view.ts'
import { openSource } from '../images/open-source.ts'
import { type ClientOptions, withClient } from '../images/with-client.ts'
import type { World } from '../world.ts'
import { onePlatform } from './pull.ts'

export interface InspectOptions extends ClientOptions {
  readonly image?: string
  readonly platform?: string
  readonly json?: boolean
}

export async function inspectCommand(source: string, o: InspectOptions, world: World): Promise<ExitCode> {
  return withClient(o, world, async (client) => {
    const opened = await openSource(source, { client, ...(o.image !== undefined && { image: o.image }) }, world)
    try {
      const described = await describeView(await onePlatform(opened.view, o.platform, opened.name))
      await world.stdout.write(
        o.json === true ? `${JSON.stringify({ source: opened.kind, name: opened.name, ...described }, null, 2)}\n` : viewText(opened.name, described),
      )
      return exitCodes.done
    } finally {
      await opened.close()
    }
  })
}
