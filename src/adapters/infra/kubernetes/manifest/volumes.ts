/** `volumes` of a stage, as pods have them. */
import type { Json } from '../../../../base/json.ts'
import type { VolumePlan } from '../../../../plan/kubernetes-plan.ts'
import { judges, quantityOf } from './names.ts'

export interface PodVolume {
  readonly name: string
  readonly mountPath: string
  readonly readOnly: boolean
  /** `{ emptyDir: {} }` */
  readonly source: { readonly [kind: string]: Json }
}

type Invalid = (key: string, reason: string) => void

interface Kind {
  /** Keys of `spec`, in Harness' words. */
  readonly keys: readonly string[]
  readonly source: (spec: Readonly<Record<string, Json>>, invalid: Invalid) => { readonly [kind: string]: Json }
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const kinds: Readonly<Record<VolumePlan['type'], Kind>> = {
  EmptyDir: {
    keys: ['medium', 'size', 'sizeLimit'],
    source({ medium, size, sizeLimit }, invalid) {
      const limit = textOf(size) ?? textOf(sizeLimit)
      const wrong = limit === undefined ? undefined : judges.quantity(quantityOf(limit))
      if (wrong !== undefined) invalid('volumes.size', wrong)
      const kind = textOf(medium)
      return { emptyDir: { ...(kind !== undefined && { medium: kind }), ...(limit !== undefined && { sizeLimit: quantityOf(limit) }) } }
    },
  },
  PersistentVolumeClaim: {
    keys: ['claimName', 'readOnly'],
    source({ claimName, readOnly }, invalid) {
      const name = textOf(claimName)
      const wrong = name === undefined ? 'a PersistentVolumeClaim needs a claimName' : judges.object(name)
      if (wrong !== undefined) invalid('volumes.claimName', wrong)
      return { persistentVolumeClaim: { claimName: name ?? '', ...(readOnly === true && { readOnly: true }) } }
    },
  },
  HostPath: {
    keys: ['path', 'type'],
    source({ path, type }, invalid) {
      const folder = textOf(path)
      if (folder?.startsWith('/') !== true) invalid('volumes.path', 'a HostPath needs an absolute path')
      const kind = textOf(type)
      return { hostPath: { path: folder ?? '', ...(kind !== undefined && { type: kind }) } }
    },
  },
}

export function volumeOf({ type, mountPath, spec }: VolumePlan, name: string, invalid: Invalid): PodVolume {
  const kind = kinds[type]
  const values = isMap(spec) ? spec : {}
  for (const key of Object.keys(values)) if (!kind.keys.includes(key)) invalid('volumes', `a ${type} has no "${key}"; it has ${kind.keys.join(', ')}`)
  const wrong = judges.mountPath(mountPath)
  if (wrong !== undefined) invalid('volumes.mountPath', wrong)
  return { name, mountPath, readOnly: values['readOnly'] === true, source: kind.source(values, invalid) }
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
