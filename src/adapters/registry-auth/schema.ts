/** The door for docker's configuration files and for what credential helpers answer. Unknown members pass. */
import * as v from 'valibot'

const text = v.nullish(v.string())

/** Of one registry. Docker writes `auth`; people and other tools also write user and password plainly. */
const entry = v.object({ auth: text, username: text, password: text, identitytoken: text, registrytoken: text })
const dockerConfig = v.object({
  auths: v.nullish(v.record(v.string(), v.nullable(entry)), {}),
  credsStore: text,
  credHelpers: v.nullish(v.record(v.string(), v.string()), {}),
})
const helperAnswer = v.object({ Username: v.nullish(v.string(), ''), Secret: v.string() })

export type DockerConfig = v.InferOutput<typeof dockerConfig>
export type DockerAuth = v.InferOutput<typeof entry>

/** The reason never quotes the text: it holds secrets. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

export function readDockerConfig(content: string): Read<DockerConfig> {
  const value = json(content)
  return value === undefined ? { ok: false, reason: 'it is not JSON' } : checked(dockerConfig, value)
}

/** Either docker's shape with `auths`, or the map that stands in `auths`. */
export function readAuths(content: string): Read<DockerConfig> {
  const value = json(content)
  if (value === undefined) return { ok: false, reason: 'it is not JSON' }
  const whole = typeof value === 'object' && value !== null && ('auths' in value || 'credHelpers' in value || 'credsStore' in value)
  return checked(dockerConfig, whole ? value : { auths: value })
}

export function readHelperAnswer(content: string): v.InferOutput<typeof helperAnswer> | undefined {
  const answer = v.safeParse(helperAnswer, json(content))
  return answer.success ? answer.output : undefined
}

function checked<S extends v.GenericSchema>(schema: S, value: unknown): Read<v.InferOutput<S>> {
  const answer = v.safeParse(schema, value)
  if (answer.success) return { ok: true, value: answer.output }
  const [issue] = answer.issues
  const where = v.getDotPath(issue) ?? 'the whole'
  return { ok: false, reason: `${where} should be ${(issue.expected ?? 'something else').replaceAll('"', '')}` }
}

function json(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
