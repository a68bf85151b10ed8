/** Small pipelines for tests: the keys in question, and around them whatever is needed. */
export const run = '- step: {identifier: a, name: a, type: Run, spec: {command: "true"}}'

export function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by))
}

export function pipeline(
  keys: string,
  stages = '- stage: {identifier: s, name: s, type: CI, spec: {runtime: {type: Cloud}, execution: {steps: [STEP]}}}',
): string {
  return `pipeline:\n${indented(keys, 2)}\n  stages:\n${indented(stages.replace('[STEP]', `[${run.slice(2)}]`), 4)}\n`
}

export function stage(keys: string): string {
  return pipeline('identifier: p\nname: p', `- stage:\n${indented(keys, 4)}`)
}

export function spec(keys: string): string {
  return stage(`identifier: s\nname: s\ntype: CI\nspec:\n${indented(keys, 2)}`)
}

export const execution = `execution:\n  steps:\n    ${run}`

export function inSpec(keys: string): string {
  return spec(`runtime: {type: Cloud}\n${keys}\n${execution}`)
}

export function infrastructure(keys: string): string {
  return spec(`infrastructure:\n${indented(keys, 2)}\n${execution}`)
}

export function kubernetes(keys: string): string {
  return infrastructure(`type: KubernetesDirect\nspec:\n  connectorRef: c\n  namespace: n\n${indented(keys, 2)}`)
}

export function steps(items: string): string {
  return spec(`runtime: {type: Cloud}\nexecution:\n  steps:\n${indented(items, 4)}`)
}

export function step(keys: string, type = 'Run', body = 'spec: {command: "true"}'): string {
  return steps(`- step:\n    identifier: a\n    name: a\n    type: ${type}\n${indented([body, keys].filter((part) => part !== '').join('\n'), 4)}`)
}

export function ofType(type: string, body: string): string {
  return step('', type, `spec: ${body}`)
}

export function failing(action: string): string {
  return step(`failureStrategies:\n  - onFailure:\n      errors: [AllErrors]\n      action: ${action}`)
}

export const image = '{connectorRef: c, repo: a/b, tags: [a]'
