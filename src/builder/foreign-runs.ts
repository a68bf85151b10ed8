/** A RUN for a CPU whose programs this machine cannot run is refused before anything is carried out. */
import { isProblem, type Problem } from '../base/problem.ts'
import { reachableStages, type StageGraph } from '../dockerfile/stages.ts'
import { type Platform, parsePlatform } from '../oci/platform.ts'
import type { BuildRequest } from '../ports/builder.ts'
import type { BuildWorld } from './build-world.ts'
import { checkCpu, foreignReason } from './exec/foreign-cpu.ts'
import { type ReadRequest, readRequest } from './read-request.ts'

type Node = StageGraph['nodes'][number]

/** Stages with a RUN that begin with something for another CPU, as far as the Dockerfile tells, with what they begin with. */
function suspects({ graph, target }: ReadRequest, wanted: Platform, machine: Platform, folder: string): readonly (readonly [Node, Node, Platform])[] {
  return reachableStages(graph.nodes, target).flatMap((index) => {
    const node = graph.nodes[index] as Node
    if (!node.stage.instructions.some(({ kind }) => kind === 'run')) return []
    const first = firstOf(graph, node)
    const parsed = first.platform === undefined ? undefined : parsePlatform(first.platform, { at: first.stage.from.at })
    const platform = parsed?.ok === true ? parsed.value : wanted
    return foreignReason(platform, machine, { folder }) === undefined ? [] : [[node, first, platform] as const]
  })
}

function firstOf(graph: StageGraph, node: Node): Node {
  return node.base.kind === 'stage' ? firstOf(graph, graph.nodes[node.base.index] as Node) : node
}

/** Opens the bases of doubtful stages only: an image may be for another CPU than the one it was asked for. Throws BUILD_RUN_FOREIGN. */
export async function refuseForeignRuns(read: ReadRequest, world: BuildWorld): Promise<void> {
  const folder = world.store.workFolder
  for (const [node, first, platform] of suspects(read, world.platform, world.buildPlatform, folder)) {
    const run = node.stage.instructions.find(({ kind }) => kind === 'run')
    const at = run?.at ?? node.stage.from.at
    if (first.base.kind !== 'image') checkCpu(platform, world.buildPlatform, at, { folder })
    else {
      const { os, architecture } = await (await world.openBase(first.base.name, platform, first.stage.from.base.at)).config()
      checkCpu({ os, architecture }, world.buildPlatform, at, { folder })
    }
  }
}

/** By the Dockerfile alone: for a build of several platforms, each of which is to be what it is called. */
export function foreignRun(request: BuildRequest, machine: Platform, folder: string): Problem | undefined {
  try {
    const read = readRequest(request, { buildPlatform: machine })
    for (const [node, , platform] of suspects(read, request.platform, machine, folder)) {
      const run = node.stage.instructions.find(({ kind }) => kind === 'run')
      checkCpu(platform, machine, run?.at ?? node.stage.from.at, { folder })
    }
    return undefined
  } catch (error) {
    // What is wrong with the text is told by the build.
    if (isProblem(error)) return error.code === 'BUILD_RUN_FOREIGN' ? error : undefined
    throw error
  }
}
