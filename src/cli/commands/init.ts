/** `slipway init [DIR]`: a pipeline, its configuration and a connector that run at once. Never writes over a file. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { problem } from '../../base/problem.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { initFiles } from '../init/templates.ts'
import type { World } from '../world.ts'

export async function initCommand(folder: string, world: World): Promise<ExitCode> {
  const dir = resolve(world.cwd, folder)
  for (const [name, text] of Object.entries(initFiles)) {
    const file = join(dir, name)
    await mkdir(dirname(file), { recursive: true })
    const written = await writeFile(file, text, { flag: 'wx' }).then(
      () => true,
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === 'EEXIST') return false
        throw problem('FILE_UNWRITABLE', { file, reason: cause.message }, { cause })
      },
    )
    await world.stdout.write(`${written ? 'wrote' : 'kept '} ${join(folder, name)}\n`)
  }
  await world.stdout.write(`\nnext: slipway run ${join(folder, 'pipeline.yaml')}\n`)
  return exitCodes.done
}
