/** `slipway push|copy SOURCE TARGET…`: one image to any number of references at once, every target tried. */
import type { DeliverOptions } from '../../registry/deliver.ts'
import type { ExitCode } from '../failures.ts'
import { checkTargets, deliverTo } from '../images/deliver-to.ts'
import { openSource } from '../images/open-source.ts'
import { pushProgress } from '../images/push-progress.ts'
import { reportDelivery } from '../images/report-delivery.ts'
import { type ClientOptions, withClient } from '../images/with-client.ts'
import type { World } from '../world.ts'

export interface PushOptions extends ClientOptions {
  readonly image?: string
  readonly skipExisting?: boolean
  readonly json?: boolean
  /** The source is a reference in a registry, whatever lies in the folder. */
  readonly remote?: boolean
}

export async function pushCommand(source: string, targets: readonly string[], o: PushOptions, world: World): Promise<ExitCode> {
  checkTargets(targets)
  return withClient(o, world, async (client) => {
    const opened = await openSource(source, { client, ...(o.image !== undefined && { image: o.image }), remote: o.remote ?? false }, world)
    const progress = pushProgress(world)
    const options: DeliverOptions = { client, signal: world.signal, onEvent: progress.onEvent, skipExisting: o.skipExisting ?? false }
    const results = await deliverTo(opened.view, targets, options, world).finally(async () => {
      progress.end()
      await opened.close()
    })
    return reportDelivery(results, o, world)
  })
}
