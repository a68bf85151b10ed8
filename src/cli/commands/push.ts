/** `slipway push|copy SOURCE TARGET…`: one image to any number of references at once, every target tried. */
import type { DeliverOptions } from '../../registry/deliver.ts'
import { type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { checkTargets, type Delivered, deliverTo } from '../images/deliver-to.ts'
import { openSource } from '../images/open-source.ts'
import { pushProgress } from '../images/push-progress.ts'
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
    if (o.json === true) await world.stdout.write(`${JSON.stringify(results.map(resultJson), null, 2)}\n`)
    else for (const result of results) await report(result, world)
    return results.some((result) => result.kind === 'failed') ? exitCodes.problems : exitCodes.done
  })
}

async function report(result: Delivered, world: World): Promise<void> {
  if (result.kind === 'failed') return printDiagnostics([result.problem.diagnostic], [], world)
  await world.stdout.write(`${result.name}  ${result.digest}  ${result.kind === 'skipped' ? 'left alone, exists' : result.how}\n`)
}

function resultJson(result: Delivered): object {
  const { name: ref, kind } = result
  if (kind === 'failed') return { ref, result: kind, code: result.problem.code, message: result.problem.message }
  return { ref, result: kind, digest: result.digest, ...(kind === 'delivered' && result.facts) }
}
