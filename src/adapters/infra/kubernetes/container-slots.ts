/** Which container of the pod a step gets. Each is used once: a container that has ended does not start again. */
import { problem } from '../../../base/problem.ts'
import type { ProcessSpec, StepImage } from '../../../ports/infrastructure.ts'
import type { Beginning } from './begin-script.ts'
import type { ContainerPlan } from './manifest/containers.ts'

export interface Slot {
  readonly container: ContainerPlan
  /** Its step has begun already, when another runner was at work. */
  readonly begun: boolean
  /** Which of all that were begun in the pod it is. */
  readonly order: number
}

export interface ContainerSlots {
  /** Throws K8S_NO_CONTAINER. */
  take(spec: ProcessSpec): Slot
  /** Where a step runs now. */
  of(step: string): string | undefined
}

/** `before`: what another runner has begun. A step gets its own of these first, in the order in which they were begun, and nobody else gets them. */
export function containerSlots(containers: readonly ContainerPlan[], before: readonly Beginning[] = []): ContainerSlots {
  const given = before.toSorted((a, b) => a.order - b.order)
  const free = containers.filter(({ name }) => !given.some(({ container }) => container === name))
  const used = new Map<string, string>()
  let order = given.at(-1)?.order ?? 0
  const takeGiven = (step: string): Slot | undefined => {
    const at = given.findIndex((one) => one.step === step)
    const [one] = at < 0 ? [] : given.splice(at, 1)
    const container = one === undefined ? undefined : containers.find(({ name }) => name === one.container)
    return one === undefined || container === undefined ? undefined : { container, begun: one.begun, order: one.order }
  }
  const takeFree = (step: string): Slot | undefined => {
    const own = free.findIndex((one) => one.step === step)
    const at = own >= 0 ? own : free.findIndex((one) => one.step === undefined)
    const [container] = at < 0 ? [] : free.splice(at, 1)
    return container === undefined ? undefined : { container, begun: false, order: ++order }
  }
  return {
    of: (step) => used.get(step),
    take(spec) {
      const found = takeGiven(spec.name) ?? takeFree(spec.name)
      if (found === undefined) throw problem('K8S_NO_CONTAINER', { step: spec.name })
      if (spec.image !== undefined) sameAsPlanned(spec.name, spec.image, found.container)
      used.set(spec.name, found.container.name)
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
