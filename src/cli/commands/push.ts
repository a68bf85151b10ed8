/** `slipway push|copy SOURCE TARGET…`: one image to any number of references at once, every target tried. */
import { humanBytes } from '../../base/human.ts'
import { showRef } from '../../oci/ref.ts'
import { type DeliverOptions, deliver, type Target } from '../../registry/deliver.ts'
import { type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { openSource, referenceOf } from '../images/open-source.ts'
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
  const refs = targets.map(referenceOf)
  return withClient(o, world, async (client) => {
    const opened = await openSource(source, { client, ...(o.image !== undefined && { image: o.image }), remote: o.remote ?? false }, world)
    const progress = pushProgress(world)
    const options: DeliverOptions = { client, signal: world.signal, onEvent: progress.onEvent, skipExisting: o.skipExisting ?? false }
    const results = await deliver(opened.view, refs, options).finally(async () => {
      progress.end()
      await opened.close()
    })
    if (o.json === true) await world.stdout.write(`${JSON.stringify(results.map(resultJson), null, 2)}\n`)
    else for (const result of results) await report(result, world)
    return results.some((result) => result.kind === 'failed') ? exitCodes.problems : exitCodes.done
  })
}

async function report(result: Target, world: World): Promise<void> {
  if (result.kind === 'failed') return printDiagnostics([result.problem.diagnostic], [], world)
  const how =
    result.kind === 'skipped'
      ? 'left alone, exists'
      : `${humanBytes(result.pushed.uploadedBytes)} sent, ${result.pushed.blobs.present} present, ${result.pushed.blobs.mounted} mounted`
  await world.stdout.write(`${showRef(result.ref)}  ${result.digest}  ${how}\n`)
}

function resultJson(result: Target): object {
  const ref = showRef(result.ref)
  if (result.kind === 'failed') return { ref, result: 'failed', code: result.problem.code, message: result.problem.message }
  if (result.kind === 'skipped') return { ref, result: 'skipped', digest: result.digest }
  return { ref, result: 'delivered', digest: result.digest, uploadedBytes: result.pushed.uploadedBytes, blobs: result.pushed.blobs }
}
