/** Puts names that stay in the place of what is another one in each conversation: names, ids, times, versions, addresses, logins. */

export type Placing = (value: unknown) => unknown

/** What is the same in one conversation has the same name in it. */
export function placeholders(): Placing {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  const named = (kind: string, value: string): string => {
    const known = names.get(`${kind} ${value}`)
    if (known !== undefined) return known
    const number = (counts.get(kind) ?? 0) + 1
    counts.set(kind, number)
    names.set(`${kind} ${value}`, `${kind}-${number}`)
    return `${kind}-${number}`
  }
  const text = (value: string): string => {
    if (value.length > longest && !/\s\w+\s\w+\s/.test(value)) return 'LONG'
    return rules.reduce((said, [pattern, kind]) => said.replace(pattern, (found) => (kind.endsWith('-') ? named(kind.slice(0, -1), found) : kind)), value)
  }
  const place = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      const fixed = fixedByKey[key]
      if (fixed !== undefined) return fixed
      return key === 'resourceVersion' && /^[1-9]\d*$/.test(value) ? named('VERSION', value) : text(value)
    }
    if (key === 'managedFields') return []
    if (Array.isArray(value)) return value.map((member) => place(member, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, place(member, name)]))
  }
  return (value) => place(value, '')
}

const longest = 1000

const fixedByKey: Readonly<Record<string, string>> = {
  '.dockerconfigjson': 'LOGINS',
  'slipway.dev/home': 'HOME',
  'slipway.dev/owner': 'OWNER',
  nodeName: 'NODE',
  hostIP: 'NODE-ADDRESS',
  reportingInstance: 'REPORTER',
}

/** In this order. A kind that ends with a dash is numbered. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, 'STAMP'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME'],
  [/(?<=slipway\.dev\/home=)[\w-]+/g, 'HOME'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID-'],
  [/(?<=containerd:\/\/)[\w-]+/g, 'CONTAINER-'],
  [/(?<=sha256:)[0-9a-f]{64}/g, 'DIGEST-'],
  [/(?<=\bslipway-launch-[0-9a-f]{8}\.)[0-9a-f]+/g, 'EVENT-'],
  [/(?<=\bslipway-launch-)[0-9a-f]{8}(?![0-9a-z])/g, 'POD-'],
  [/(?<=default-token-)\w+/g, 'NAME'],
  [/(?<=(?:127\.0\.0\.1|localhost):)\d+/g, 'PORT-'],
  [/\b(?!127\.0\.0\.1\b)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b(?::53\b)?/g, 'ADDRESS-'],
  [/\/tmp\/[\w./-]+/g, 'FOLDER'],
]
