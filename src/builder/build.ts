/** Dockerfile + context + options to an image. */
import { rm } from 'node:fs/promises'
import { isProblem } from '../base/problem.ts'
import { reachableStages } from '../dockerfile/stages.ts'
import type { BuildRequest, Built } from '../ports/builder.ts'
import { assembleStage } from './assemble-stage.ts'
import type { BuildOptions } from './build-world.ts'
import { cacheSession } from './cache/session.ts'
import { finishLayers } from './export/finish-layers.ts'
import { refuseForeignRuns } from './foreign-runs.ts'
import { makeWorld } from './make-world.ts'
import { readRequest, unusedArgs } from './read-request.ts'
import { holdStore } from './store/hold.ts'
import { during } from './tell.ts'

/**
 * Read and check all texts; run the stages that the target needs, side by side; write the layers of the target; put the image together.
 * The image is a view: its layers lie in the store, those of its base stay where they are.
 */
export async function build(request: BuildRequest, o: BuildOptions): Promise<Built> {
  const over = await holdStore(o.store.workFolder)
  try {
    return await buildOnce(request, o)
  } catch (error) {
    if (!isProblem(error, 'CACHE_LAYER_LOST')) throw error
    o.emit?.({ kind: 'note', note: error.diagnostic })
    return await buildOnce({ ...request, cacheFrom: [] }, o)
  } finally {
    await over()
  }
}

async function buildOnce(request: BuildRequest, o: BuildOptions): Promise<Built> {
  o.signal.throwIfAborted()
  const read = readRequest(request, o)
  const stop = new AbortController()
  const scratch: string[] = []
  const session = cacheSession(request, o)
  const { store } = session
  const sinceMs = await store.tick()
  const world = makeWorld(request, o, { ...read, scratch, store, sinceMs, signal: AbortSignal.any([o.signal, stop.signal]) })
  let running: readonly Promise<unknown>[] = []
  try {
    await refuseForeignRuns(read, world)
    const stages = reachableStages(read.graph.nodes, read.target).map((index) => world.stage(index))
    running = stages
    await Promise.all(running)
    const last = await world.stage(read.target)
    for (const note of unusedArgs(request, read.file, world.usedArgs)) world.emit({ kind: 'note', note })
    const write = () =>
      allOrStop(
        last.layers.map((layer) => world.write(layer)),
        stop,
      )
    const layers = await during(world.begin('exporting layers'), write)
    const { inline } = await session.end(world, { last, all: await Promise.all(stages) })
    const { layers: wishes } = request
    if (wishes === undefined) return await assembleStage(last, layers, { request, world, inline })
    const finish = () => finishLayers(layers, last, wishes, { store, format: world.cache.format, signal: o.signal })
    const finished = await during(world.begin('rewriting layers'), finish)
    return await assembleStage(finished.stage, finished.layers, { request, world, inline })
  } catch (error) {
    stop.abort(error)
    o.signal.throwIfAborted()
    throw error
  } finally {
    await Promise.allSettled(running)
    await Promise.allSettled(world.ahead)
    await world.settled()
    if (stop.signal.aborted) world.endAll()
    await Promise.all(scratch.map((folder) => rm(folder, { recursive: true, force: true })))
  }
}

/** The first failure stops the others, and is thrown when all of them have ended: nothing writes any more then. */
async function allOrStop<T>(work: readonly Promise<T>[], stop: AbortController): Promise<readonly T[]> {
  const failed: unknown[] = []
  const watched = work.map((one) =>
    one.catch((error: unknown) => {
      failed.push(error)
      stop.abort(error)
    }),
  )
  await Promise.allSettled(watched)
  if (failed.length > 0) throw failed[0]
  return Promise.all(work)
}
