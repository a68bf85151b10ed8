/** Takes orders for runs: checks what can be checked at once, queues them, and has them stopped. */
import { brandAs } from '../../base/brand.ts'
import { problem } from '../../base/problem.ts'
import { uniqueId } from '../../base/unique-id.ts'
import type { RunId } from '../../events/run-event.ts'
import { checkAnswer } from '../../expr/input.ts'
import { askedInputs, openInputs } from '../../pipeline/inputs.ts'
import type { RunRecord } from '../../ports/history.ts'
import type { RunOrder, RunQueue } from '../../ports/run-queue.ts'
import type { Stops } from '../../ports/stops.ts'
import type { RunDesk, StartOrder } from '../../server/run-desk.ts'
import { sourceFile } from '../../text/source-file.ts'
import { parseYaml } from '../../yaml/parse.ts'
import { readText } from '../load-pipeline.ts'
import type { World } from '../world.ts'
import type { Dispatcher } from './dispatcher.ts'
import { pipelineShelf, type ServedFile, servedFiles } from './pipeline-shelf.ts'

export interface DeskParts {
  readonly files: readonly string[]
  readonly limit: number
  readonly queue: RunQueue
  readonly stops: Stops
  readonly dispatcher: Dispatcher
}

export function runDesk({ files, limit, queue, stops, dispatcher }: DeskParts, world: World): RunDesk {
  const newId = (): RunId => brandAs<RunId>(uniqueId(world.clock.now(), world.random(16)))
  const add = async (about: Pick<RunRecord, 'pipeline' | 'pipelineName' | 'pipelineFile' | 'branch'>, order: RunOrder): Promise<RunId> => {
    const run = newId()
    const { pipeline, pipelineName, pipelineFile, branch } = about
    await queue.add({ run, pipeline, pipelineName, pipelineFile, ...(branch !== undefined && { branch }), queuedAt: world.clock.now() }, order)
    dispatcher.look()
    return run
  }
  return {
    limit,
    async start(order) {
      const served = (await servedFiles(files, world)).find(({ id }) => id === order.pipeline)
      const shelved = (await pipelineShelf(files, world).list()).find(({ id }) => id === order.pipeline)
      if (served === undefined || shelved === undefined) throw problem('PIPELINE_NOT_SERVED', { pipeline: order.pipeline })
      await checkInputs(served, order, world)
      const options = {
        input: pairs(order.inputs),
        var: pairs(order.variables),
        ...(order.on !== undefined && { on: order.on }),
        ...(order.stages !== undefined && { stage: order.stages }),
        ...(await codeOf(served, order.branch, world)),
      }
      const { pipeline = served.file, name = served.name } = shelved
      const about = { pipeline, pipelineName: name, pipelineFile: served.file, ...(order.branch !== undefined && { branch: order.branch }) }
      return add(about, { kind: 'file', cwd: world.cwd, file: served.file, options })
    },
    again: (of, { fromFailed, inputs, variables }) => add(of, { kind: 'again', of: of.run, fromFailed, input: pairs(inputs), var: pairs(variables) }),
    queued: () => queue.list(),
    async cancel(run) {
      return (await queue.remove(brandAs<RunId>(run), ['waiting', 'refused'])) ? 'cancelled' : undefined
    },
    stop: (run, stop) => stops.ask(run, stop),
  }
}

/** Whoever fills in the form hears at once what is missing; the rest is checked when the run begins. */
async function checkInputs({ name, file }: ServedFile, { inputs }: StartOrder, world: World): Promise<void> {
  const [root] = parseYaml(sourceFile(name, await readText(file, name, world))).documents
  if (root === undefined) return
  const missing = openInputs(root, inputs).map(({ path }) => path.replace(/^pipeline\./, ''))
  if (missing.length > 0) throw problem('API_INPUTS_MISSING', { inputs: missing.join(', ') })
  for (const { path, input } of askedInputs(root)) {
    const answer = inputs[path.replace(/^pipeline\./, '')]
    const refused = answer === undefined ? undefined : checkAnswer(input, answer)
    if (refused !== undefined) throw problem('API_INPUT_REFUSED', { input: path.replace(/^pipeline\./, ''), why: refused.diagnostic.message })
  }
}

/** The branch that is checked out is taken as it lies there; any other is cloned from the work tree. */
async function codeOf({ file }: ServedFile, branch: string | undefined, world: World): Promise<{ readonly codebase?: string }> {
  if (branch === undefined) return {}
  const { folder, facts } = await world.tools.codebaseOf(file, world)
  if (facts.branch === branch) return {}
  const branches = await world.tools.branchesOf(file, world)
  if (!branches.includes(branch)) throw problem('API_BRANCH_UNKNOWN', { branch, branches: branches.join(', ') || 'none' })
  return { codebase: `file://${folder}#branch:${branch}` }
}

function pairs(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${value}`)
}
