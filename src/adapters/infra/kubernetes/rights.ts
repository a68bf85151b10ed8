/** What a run asks of the API server, and why: the role in docs/kubernetes.md is this table. */

export interface Right {
  readonly verb: string
  /** With its subresource: `pods/log`. */
  readonly resource: string
  readonly why: string
  /** Only some stages need it. */
  readonly optional?: true
}

export const rights: readonly Right[] = [
  { verb: 'create', resource: 'pods', why: 'a stage is a pod' },
  { verb: 'get', resource: 'pods', why: 'whether the pod was made, when the answer to the request was lost' },
  { verb: 'list', resource: 'pods', why: 'how the pods of this run are, and which ones earlier runs left behind' },
  { verb: 'watch', resource: 'pods', why: 'when containers start and end' },
  { verb: 'delete', resource: 'pods', why: 'the end of a stage, also by timeout or abort' },
  { verb: 'get', resource: 'pods/log', why: 'the output of steps' },
  { verb: 'get', resource: 'pods/exec', why: 'scripts, variables and files into the pod, output variables and files out of it' },
  { verb: 'create', resource: 'pods/exec', why: 'the same, as newer clusters call it' },
  { verb: 'list', resource: 'events', why: 'why a node cannot get an image that is known late', optional: true },
  {
    verb: 'patch',
    resource: 'pods',
    why: 'the image of a step, where it is only known when the step starts, and the name of the runner that takes up a pod that another one has left',
    optional: true,
  },
  { verb: 'create', resource: 'secrets', why: 'the logins of connectors, for nodes that fetch private images', optional: true },
  { verb: 'patch', resource: 'secrets', why: 'that such a secret goes with its pod', optional: true },
  { verb: 'delete', resource: 'secrets', why: 'such a secret at the end of its stage', optional: true },
]
