/** The image that a step runs in, as far as planning knows it: its name, when and as whom it is pulled, and the user inside. */
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'

export interface ImageToRun {
  readonly reference: Planned<Text>
  /** Absent: always for the tag `latest`, else if it is missing. */
  readonly pull?: 'always' | 'if-missing' | 'never'
  /** Whose credentials it is pulled with. */
  readonly connector?: Planned<Text>
  readonly user?: Planned<Text>
  readonly privileged?: Planned<boolean>
  /** At most, as the step spells it. */
  readonly memory?: Planned<Text>
  readonly cpu?: Planned<Text>
  /** What it is promised, as the step spells it; of effect on Kubernetes. */
  readonly requests?: { readonly memory?: Planned<Text>; readonly cpu?: Planned<Text> }
}

const pulls = { Always: 'always', IfNotPresent: 'if-missing', Never: 'never' } as const

interface Amounts {
  readonly memory?: Dynamic<Text> | undefined
  readonly cpu?: Dynamic<Text> | undefined
}

interface ContainerSpec {
  readonly image?: Dynamic<Text> | undefined
  readonly connectorRef?: Dynamic<Text> | undefined
  readonly registryRef?: Dynamic<Text> | undefined
  readonly imagePullPolicy?: keyof typeof pulls | undefined
  readonly runAsUser?: Dynamic<Text> | undefined
  readonly privileged?: Dynamic<boolean> | undefined
  readonly resources?: { readonly limits?: Amounts | undefined; readonly requests?: Amounts | undefined } | undefined
}

/** undefined: the step names no image, or an expression in its name is wrong, which has been reported. */
export function imageToRun(spec: ContainerSpec, o: Resolving): ImageToRun | undefined {
  const reference = planned(spec.image, o)
  if (reference === undefined) return undefined
  const connector = planned(spec.connectorRef ?? spec.registryRef, o)
  const user = planned(spec.runAsUser, o)
  const privileged = planned(spec.privileged, o)
  const memory = planned(spec.resources?.limits?.memory, o)
  const cpu = planned(spec.resources?.limits?.cpu, o)
  const requests = amounts(spec.resources?.requests, o)
  return {
    reference,
    ...(spec.imagePullPolicy !== undefined && { pull: pulls[spec.imagePullPolicy] }),
    ...(connector !== undefined && { connector }),
    ...(user !== undefined && { user }),
    ...(privileged !== undefined && { privileged }),
    ...(memory !== undefined && { memory }),
    ...(cpu !== undefined && { cpu }),
    ...(requests !== undefined && { requests }),
  }
}

function amounts(given: Amounts | undefined, o: Resolving): ImageToRun['requests'] {
  const memory = planned(given?.memory, o)
  const cpu = planned(given?.cpu, o)
  if (memory === undefined && cpu === undefined) return undefined
  return { ...(memory !== undefined && { memory }), ...(cpu !== undefined && { cpu }) }
}

function planned<T>(dynamic: Dynamic<T> | undefined, o: Resolving): Planned<T> | undefined {
  return dynamic === undefined ? undefined : resolve(dynamic, o)
}
