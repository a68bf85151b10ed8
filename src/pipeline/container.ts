/** What steps say about the container they run in: read everywhere, of effect on Kubernetes and Docker. */
import { dynFlag, dynText } from '../dynamic/shapes.ts'
import { optional } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import { choice } from '../yaml/shape/text.ts'

const amounts = record({
  memory: optional(dynText({ doc: 'Such as 500Mi, 2Gi, 1G.' })),
  cpu: optional(dynText({ doc: 'Such as 0.5 or 400m.' })),
})

const resources = record(
  { limits: optional(amounts), requests: optional(amounts) },
  { name: 'Resources', doc: 'Memory and CPU of the container of the step; no effect off Kubernetes and Docker.' },
)

export const pullPolicies = ['Always', 'Never', 'IfNotPresent'] as const

/** Keys of all steps that run in a container. */
export const containerFields = {
  resources: optional(resources),
  runAsUser: optional(dynText({ doc: 'User id in the container.' })),
  privileged: optional(dynFlag({ doc: 'Privileged container.' })),
  imagePullPolicy: optional(choice(pullPolicies, { doc: 'When to pull the image.' })),
}
