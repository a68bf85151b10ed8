/** The image that a step runs in, every value in place: what to pull, as whom, and who runs in it. */
import { problem } from '../base/problem.ts'
import { showText } from '../base/secret-text.ts'
import { parseRef } from '../oci/ref.ts'
import type { StepImage } from '../ports/infrastructure.ts'
import { plainUse, type RegistryUse } from '../ports/registry-use.ts'
import type { ImageToRun } from '../steps/image-to-run.ts'
import type { RunContext } from './parts.ts'
import { amountOf } from './resource-limits.ts'
import { nowKnown, revealText } from './reveal.ts'

export async function stepImage(image: ImageToRun, context: RunContext): Promise<StepImage> {
  const reference = await revealText(nowKnown(image.reference), context)
  const limits = await limitsOf(image, context)
  const user = image.user === undefined ? undefined : await revealText(nowKnown(image.user), context)
  return {
    reference,
    pull: image.pull ?? usualPull(reference),
    registry: registryOf(image),
    privileged: image.privileged === undefined ? false : nowKnown(image.privileged),
    ...(user !== undefined && { user }),
    ...(limits !== undefined && { limits }),
  }
}

async function limitsOf({ memory, cpu }: ImageToRun, context: RunContext): Promise<StepImage['limits']> {
  const bytes = await limit('memory', memory, context)
  const cpus = await limit('cpu', cpu, context)
  if (bytes === undefined && cpus === undefined) return undefined
  return { ...(bytes !== undefined && { memoryBytes: Math.ceil(bytes) }), ...(cpus !== undefined && { cpus }) }
}

/** What is written out was read with the pipeline; an expression may have become anything. */
async function limit(name: string, planned: ImageToRun['memory'], context: RunContext): Promise<number | undefined> {
  if (planned === undefined) return undefined
  const text = await revealText(nowKnown(planned), context)
  const amount = amountOf(text)
  if (amount === undefined) throw problem('STEP_LIMIT_INVALID', { name, text })
  return amount
}

function registryOf({ connector }: ImageToRun): RegistryUse {
  return connector === undefined ? plainUse : { ...plainUse, connector: showText(nowKnown(connector)) }
}

/** As clusters do it: what moves is asked for each time, what stays is not. */
function usualPull(reference: string): StepImage['pull'] {
  const parsed = parseRef(reference)
  return parsed.ok && parsed.value.digest === undefined && (parsed.value.tag ?? 'latest') === 'latest' ? 'always' : 'if-missing'
}
