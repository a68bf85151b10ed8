/** The output variables a step says it gives, before it has run. */
import type { Step } from '../pipeline/step.ts'
import { stepTypes } from '../settings/vocabulary.ts'
import { countNames } from '../verdict/counts.ts'

/** Every image step gives these, in every mode and with every engine. */
export const imageOutputs = ['digest', 'image', 'IMAGE_TAR_PATH', 'imageRefs', 'size', 'layers', 'cachedLayers', 'duration', 'engine'] as const

/** `SBOM_PATH` where a bill of materials was asked for. */
const scanOutputs = [...countNames, 'SBOM_PATH']

const cacheOutputs = ['cacheKey', 'cacheBytes', 'cacheSeconds'] as const
export const saveCacheOutputs = ['cacheSaved', ...cacheOutputs] as const
export const restoreCacheOutputs = ['cacheHit', ...cacheOutputs] as const

export function declaredOutputs(step: Step): readonly string[] | 'any' {
  // What an image starts by itself may be a plugin.
  if (step.type === 'Run') return step.spec.command === undefined ? 'any' : (step.spec.outputVariables ?? []).map((output) => output.name)
  if (Object.hasOwn(stepTypes, step.type)) return imageOutputs
  if (step.type === 'AquaTrivy') return scanOutputs
  if (step.type.startsWith('SaveCache')) return saveCacheOutputs
  if (step.type.startsWith('RestoreCache')) return restoreCacheOutputs
  return step.type === 'Plugin' || step.type === 'GitClone' ? 'any' : []
}
