/**
 * RUN --mount with secrets or keys under an engine that has none. Settings that ask for them are refused in the plan; what the Dockerfile asks for
 * is known only when it is there, and steps before may write it. So it is looked at when the step begins, before anything is built.
 */
import { problem } from '../base/problem.ts'
import { parseDockerfile } from '../dockerfile/parse.ts'
import type { BuildRequest } from '../ports/builder.ts'
import type { ImageWork } from '../steps/image-work.ts'
import { sourceFile } from '../text/source-file.ts'
import type { WorkAt } from './do-work.ts'

export function refuseMounts({ dockerfile }: Pick<BuildRequest, 'dockerfile'>, { work, step }: WorkAt<ImageWork>): void {
  if (work.engine.name !== 'kaniko') return
  const file = parseDockerfile(sourceFile(dockerfile.name, dockerfile.text))
  for (const instruction of file.stages.flatMap((stage) => stage.instructions)) {
    if (instruction.kind !== 'run') continue
    for (const mount of instruction.mounts) {
      const type = /(?:^|,)type=(secret|ssh)(?:,|$)/.exec(mount.text)?.[1]
      if (type === undefined) continue
      const by = work.engine.reasons[0] ?? 'choice of an engine'
      const because = `kaniko has no RUN --mount=type=${type}`
      throw problem(
        'ENGINE_CONFLICT',
        { engine: 'kaniko', by, what: `RUN of ${dockerfile.name}`, needed: 'embedded or buildx', because },
        { at: mount.at ?? step.at },
      )
    }
  }
}
