/** Fields of a manifest that its kind does not have: what a server throws away in silence unless it is asked to be strict. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../tools/support/root.ts'

/** Of the types of kubernetes-models, which are made from the API's own description. */
const folder = join(root, 'node_modules/kubernetes-models/v1')

function fieldsOf(type: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(folder, `${type}.d.ts`), 'utf8')
  const [, body = ''] = new RegExp(`export interface I${type}\\b[^{]*\\{([\\s\\S]*?)\\n\\}`).exec(text) ?? []
  return new Map([...body.matchAll(/^ {4}"(\w+)"\??: (.*)$/gm)].map(([, name = '', kind = '']) => [name, kind]))
}

/** Their paths. */
export function unknownFields(value: unknown, type: string, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const fields = fieldsOf(type)
  return Object.entries(value).flatMap(([key, member]) => {
    const kind = fields.get(key)
    if (kind === undefined) return [`${path}${key}`]
    const below = /IIoK8sApiCoreV1(\w+)/.exec(kind)?.[1]
    if (below === undefined) return []
    const members: readonly (readonly [string, unknown])[] = Array.isArray(member) ? member.map((one, i) => [`[${i}]`, one]) : [['', member]]
    return members.flatMap(([at, one]) => unknownFields(one, below, `${path}${key}${at}.`))
  })
}
