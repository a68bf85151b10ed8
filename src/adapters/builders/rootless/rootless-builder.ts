/**
 * Engine embedded, for users who are not root. What needs no root is built right here. A build with a RUN is carried out by a process of this
 * program in a user namespace of its own, where that process is root; steps of a pipeline stay what they are.
 */
import { isProblem } from '../../../base/problem.ts'
import { parseDockerfile } from '../../../dockerfile/parse.ts'
import type { Waiting } from '../../../oci/views.ts'
import type { BuildEvent, Builder, BuildRequest, Built } from '../../../ports/builder.ts'
import { sourceFile } from '../../../text/source-file.ts'
import { type Asked, askWorker } from './ask-worker.ts'
import { type OpenBlob, unpackImage } from './image-parcel.ts'
import type { WorkerFacts } from './messages.ts'

export interface RootlessOptions extends Pick<Asked, 'start' | 'credentialsFor'> {
  /** The builder of this process. */
  readonly here: Builder
  readonly facts: WorkerFacts
  readonly openBlob: OpenBlob
  /** Where no namespace can be had, or not all that a RUN needs in it, this process does what it can. */
  readonly orHere?: boolean
}

export function rootlessBuilder(o: RootlessOptions): Builder {
  return {
    name: o.here.name,
    async check(request, w) {
      if (!hasRun(request)) return o.here.check(request, w)
      try {
        const answer = await askWorker({ kind: 'check', facts: o.facts, request }, { ...o, ...w })
        return answer.kind === 'checked' ? answer.found : []
      } catch (error) {
        if (isProblem(error, 'BUILD_RUN_IMPOSSIBLE')) return o.orHere === true ? o.here.check(request, w) : [error.diagnostic]
        throw error
      }
    },
    async build(request, w) {
      const outside = () => buildOutside(request, { ...o, ...w })
      if (hasRun(request)) {
        if (o.orHere !== true) return outside()
        try {
          return await outside()
        } catch (error) {
          if (isProblem(error, 'BUILD_RUN_IMPOSSIBLE')) return o.here.build(request, w)
          throw error
        }
      }
      try {
        return await o.here.build(request, w)
      } catch (error) {
        // A trigger of the base was a RUN.
        if (isProblem(error, 'BUILD_RUN_IMPOSSIBLE')) return outside()
        throw error
      }
    },
  }
}

function hasRun({ dockerfile }: BuildRequest): boolean {
  const { stages } = parseDockerfile(sourceFile(dockerfile.name, dockerfile.text))
  return stages.some((stage) => stage.instructions.some(({ kind }) => kind === 'run'))
}

async function buildOutside(request: BuildRequest, o: RootlessOptions & Waiting & { readonly emit: (event: BuildEvent) => void }): Promise<Built> {
  const answer = await askWorker({ kind: 'build', facts: o.facts, request }, o)
  if (answer.kind !== 'built') throw new Error(`a build was answered by "${answer.kind}"`)
  return { image: unpackImage(answer.image, o.openBlob), layers: answer.layers, cachedLayers: answer.cachedLayers }
}
