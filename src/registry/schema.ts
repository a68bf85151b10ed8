/** The door for what registries and token services answer. Lenient: unknown members pass, missing ones are absent. */
import * as v from 'valibot'

const text = v.string()
const fault = v.object({ code: v.fallback(text, 'UNKNOWN'), message: v.fallback(text, '') })
const faults = v.object({ errors: v.array(fault) })
const token = v.object({ token: v.nullish(text), access_token: v.nullish(text), expires_in: v.nullish(v.number()) })
const tagList = v.object({ tags: v.nullish(v.array(text), []) })

export interface SpecFault {
  readonly code: string
  readonly message: string
}

/** Empty when the body is no list of errors. */
export function parseFaults(body: string): readonly SpecFault[] {
  const answer = v.safeParse(faults, json(body))
  return answer.success ? answer.output.errors : []
}

export function parseToken(body: string): { readonly token: string; readonly seconds: number } | undefined {
  const answer = v.safeParse(token, json(body))
  if (!answer.success) return undefined
  const found = answer.output.token ?? answer.output.access_token ?? ''
  // The specification: 60 seconds unless told otherwise.
  return found === '' ? undefined : { token: found, seconds: answer.output.expires_in ?? 60 }
}

export function parseTagList(body: string): readonly string[] | undefined {
  const answer = v.safeParse(tagList, json(body))
  return answer.success ? (answer.output.tags ?? []) : undefined
}

function json(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
