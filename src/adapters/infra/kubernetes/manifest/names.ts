/** Names as Kubernetes takes them: checked where people give them, made fit where we do. */

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const dnsSubdomain = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const quantity = /^\d+(\.\d+)?([numkMGTPE]|[KMGTPE]i|[eE]\d+)?$/

/** What is wrong with it; undefined: nothing. */
type Judge = (text: string) => string | undefined

const like =
  (pattern: RegExp, what: string): Judge =>
  (text) =>
    pattern.test(text) ? undefined : `"${text}" is not ${what}`

export const judges = {
  namespace: like(dnsLabel, 'a name of small letters, digits and hyphens'),
  object: like(dnsSubdomain, 'a name of small letters, digits, hyphens and dots'),
  host: like(dnsSubdomain, 'a host name'),
  quantity: like(quantity, 'an amount such as 500Mi, 2G or 400m'),
  labelValue: (text) =>
    text === '' ? undefined : like(labelName, 'the value of a label: letters, digits, "-", "_" and ".", 63 at most, ends in letters or digits')(text),
  labelKey(text) {
    const [name = '', ...before] = text.split('/').reverse()
    const prefix = before.reverse().join('/')
    const wrong = text.includes('/') && !dnsSubdomain.test(prefix)
    return wrong ? `"${text}" is no key of a label: what stands before the "/" is no domain` : like(labelName, 'the key of a label')(name)
  },
  mountPath: (text) => (text.startsWith('/') && !text.includes(':') ? undefined : `"${text}" is no absolute path without ":"`),
} as const satisfies Record<string, Judge>

/** Of anything: the value of a label that reminds of it. */
export function labelValue(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
}

/** `Build it!` is `build-it`. */
export function objectName(text: string, most: number): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, most)
    .replace(/^-+|-+$/g, '')
  return plain === '' ? 'stage' : plain
}

/** Harness writes `K` for thousands, Kubernetes `k`. */
export function quantityOf(text: string): string {
  return text.trim().replace(/K$/, 'k')
}
