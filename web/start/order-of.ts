/** What a filled-in form orders: only what a person has said, so that defaults stay the pipeline's own. Pure. */
import type { StartOrder } from '../api/orders.ts'
import type { PipelineForm } from '../api/types.ts'

/** `FormData`, or anything that answers like it. */
export interface Filled {
  get(name: string): unknown
  getAll(name: string): readonly unknown[]
}

export function orderOf(pipeline: string, form: PipelineForm, filled: Filled): StartOrder {
  const text = (name: string): string => {
    const value = filled.get(name)
    return typeof value === 'string' ? value : ''
  }
  const inputs = form.inputs.flatMap((input) => {
    const name = `input:${input.path}`
    const value = input.someOf === undefined ? text(name) : filled.getAll(name).join(',')
    return value === '' || value === input.default ? [] : [[input.path, value] as const]
  })
  const variables = form.variables.flatMap(({ name }) => (text(`variable:${name}`) === '' ? [] : [[name, text(`variable:${name}`)] as const]))
  const [branch, on] = [text('branch'), text('on')]
  return {
    pipeline,
    inputs: Object.fromEntries(inputs),
    variables: Object.fromEntries(variables),
    stages: filled.getAll('stage').filter((one) => typeof one === 'string'),
    ...(branch !== '' && { branch }),
    ...(on !== '' && { on }),
  }
}
