/** Which container of the pod a step gets. Each is used once: a container that has ended does not start again. */
import { problem } from '../../../base/problem.ts'
import type { ProcessSpec, StepImage } from '../../../ports/infrastructure.ts'
import type { ContainerPlan } from './manifest/containers.ts'

export interface ContainerSlots {
  /** Throws K8S_NO_CONTAINER. */
  take(spec: ProcessSpec): ContainerPlan
  /** Where a step runs now. */
  of(step: string): string | undefined
}

export function containerSlots(containers: readonly ContainerPlan[]): ContainerSlots {
  const free = [...containers]
  const used = new Map<string, string>()
  return {
    of: (step) => used.get(step),
    take(spec) {
      const own = free.findIndex(({ step }) => step === spec.name)
      const at = own >= 0 ? own : free.findIndex(({ step }) => step === undefined)
      const [found] = at < 0 ? [] : free.splice(at, 1)
      if (found === undefined) throw problem('K8S_NO_CONTAINER', { step: spec.name })
      if (spec.image !== undefined) sameAsPlanned(spec.name, spec.image, found)
      used.set(spec.name, found.name)
      return found
    },
  }
}

/** What cannot be changed any more has to be what it should be. */
function sameAsPlanned(step: string, image: StepImage, container: ContainerPlan): void {
  const late = (setting: string): Error => problem('K8S_DECIDED_LATE', { setting, step })
  if (image.user !== undefined && image.user !== String(container.user ?? '')) throw late('runAsUser')
  if (image.privileged !== container.privileged) throw late('privileged')
  if (image.limits?.memoryBytes !== undefined && container.limits.memory === undefined) throw late('resources.limits.memory')
  if (image.limits?.cpus !== undefined && container.limits.cpu === undefined) throw late('resources.limits.cpu')
}
