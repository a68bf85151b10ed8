/** What steps say about the container they run in: read everywhere, of effect on Kubernetes and Docker. */
import { dynFlag, dynText } from '../dynamic/shapes.ts'
import { optional } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import { choice } from '../yaml/shape/text.ts'

const amounts = record({
  memory: optional(
    dynText({ pattern: /\d+(\.\d+)?([KMGTPE]i?|[km])?/, patternName: 'an amount of memory such as 500Mi, 2Gi or 1G', doc: 'Such as 500Mi, 2Gi, 1G.' }),
  ),
  cpu: optional(dynText({ pattern: /\d+(\.\d+)?m?/, patternName: 'a number of cores such as 0.5 or 400m', doc: 'Such as 0.5 or 400m.' })),
})

export const resources = record(
  { limits: optional(amounts), requests: optional(amounts) },
  { name: 'Resources', doc: 'Memory and CPU of the container of the step; no effect off Kubernetes and Docker.' },
)

export const runAsUser = dynText({ pattern: /\d+/, patternName: 'a numeric user id', doc: 'User id in the container.' })

export const pullPolicies = ['Always', 'Never', 'IfNotPresent'] as const

/** Keys of all steps that run in a container. */
export const containerFields = {
  resources: optional(resources),
  runAsUser: optional(runAsUser),
  privileged: optional(dynFlag({ doc: 'Privileged container.' })),
  imagePullPolicy: optional(choice(pullPolicies, { doc: 'When to pull the image.' })),
}
