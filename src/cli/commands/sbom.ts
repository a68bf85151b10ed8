/** `slipway sbom IMAGE|ARCHIVE|REF`: what is in an image, as a bill of materials. */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { problem } from '../../base/problem.ts'
import { billText } from '../../scan/sbom/bill-text.ts'
import type { SbomFormat } from '../../scan/sbom/formats.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { type ClientOptions, withClient } from '../images/with-client.ts'
import { loadConfig } from '../load-config.ts'
import { openTarget } from '../scan/open-target.ts'
import { scanChoice } from '../scan/scan-choice.ts'
import type { World } from '../world.ts'

export interface SbomOptions extends ClientOptions {
  readonly format: SbomFormat
  readonly image?: string
  readonly platform?: string
  readonly output?: string
}

/** No database is needed: the embedded scanner lists, whatever is chosen to judge. */
export async function sbomCommand(source: string, o: SbomOptions, world: World): Promise<ExitCode> {
  const config = await loadConfig([join(world.cwd, '.slipway'), world.home])
  const choice = scanChoice(config, { scanner: 'osv' }, world)
  return withClient(o, world, async (client) => {
    const scanner = await world.tools.scanner(choice, client, world.home)
    const opened = await openTarget(
      source,
      { client, ...(o.image !== undefined && { image: o.image }), ...(o.platform !== undefined && { platform: o.platform }) },
      world,
    )
    try {
      const inventory = await scanner.list?.({ target: opened.target }, { signal: world.signal })
      if (inventory === undefined) throw new Error(`the scanner ${scanner.name} lists nothing`)
      for (const { what, reason, count } of inventory.unjudged) await world.stderr.write(`not in the bill: ${what} (${count}): ${reason}\n`)
      const text = billText(inventory, o.format, { at: world.clock.now(), version: world.version })
      if (o.output === undefined) await world.stdout.write(text)
      else
        await writeFile(resolve(world.cwd, o.output), text).catch((cause: Error) => {
          throw problem('FILE_UNWRITABLE', { file: o.output ?? '', reason: cause.message }, { cause })
        })
      return exitCodes.done
    } finally {
      await opened.close()
    }
  })
}
