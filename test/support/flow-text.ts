/** Pipelines of Run steps as plain objects: for tests of how runs flow. JSON is YAML. */

export type Node = Readonly<Record<string, unknown>>
type Env = Readonly<Record<string, string>>

/** `more` goes beside the type: when, timeout, strategy, failureStrategies. */
export function step(identifier: string, env: Env = {}, more: Node = {}): Node {
  const outputs = Object.keys(env).flatMap((name) => (name.startsWith('FAKE_OUT_') ? [{ name: name.slice('FAKE_OUT_'.length) }] : []))
  const spec = { command: 'x', envVariables: env, ...(outputs.length > 0 && { outputVariables: outputs }) }
  return { step: { identifier, name: identifier, type: 'Run', spec, ...more } }
}

export function group(identifier: string, steps: readonly Node[], more: Node = {}): Node {
  return { stepGroup: { identifier, name: identifier, steps, ...more } }
}

export function parallel(...nodes: readonly Node[]): Node {
  return { parallel: nodes }
}

export function stage(identifier: string, steps: readonly Node[], more: Node = {}): Node {
  return { stage: { identifier, name: identifier, type: 'CI', spec: { platform: { os: 'Linux', arch: 'Amd64' }, execution: { steps } }, ...more } }
}

export function pipeline(stages: readonly Node[], more: Node = {}): string {
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages, ...more } }, null, 1)
}

export function onFailure(errors: readonly string[], type: string, spec?: Node): Node {
  return { onFailure: { errors, action: { type, ...(spec !== undefined && { spec }) } } }
}
