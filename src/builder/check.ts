/** What speaks against a build before it begins: a RUN where none is possible. */
import type { Diagnostic } from '../base/diagnostic.ts'
import { isProblem } from '../base/problem.ts'
import { parseDockerfile } from '../dockerfile/parse.ts'
import type { BuildRequest } from '../ports/builder.ts'
import { sourceFile } from '../text/source-file.ts'
import type { BuildOptions } from './build-world.ts'
import { runWorlds } from './run-world.ts'

/** Faults of the Dockerfile itself are told by the build, all at once. */
export async function checkBuild(request: BuildRequest, o: Pick<BuildOptions, 'store' | 'sandbox' | 'signal'>): Promise<readonly Diagnostic[]> {
  const file = parseDockerfile(sourceFile(request.dockerfile.name, request.dockerfile.text))
  const run = file.stages.flatMap((stage) => stage.instructions).find((instruction) => instruction.kind === 'run')
  if (run === undefined) return []
  try {
    await runWorlds(o.store.workFolder, o.sandbox, o).at(run.at)
    return []
  } catch (error) {
    if (isProblem(error, 'BUILD_RUN_IMPOSSIBLE')) return [error.diagnostic]
    throw error
  }
}
