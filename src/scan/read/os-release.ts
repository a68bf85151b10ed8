/** Which distribution an image is: os-release(5), and Debian's own word for releases that have no number yet. */
import type { Found } from './found.ts'

/** Testing and unstable have a name but no number in os-release. */
const debianNames: Readonly<Record<string, string>> = { buster: '10', bullseye: '11', bookworm: '12', trixie: '13', forky: '14', duke: '15' }

export function readOsRelease(text: string): Found {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, key, value] = /^\s*([A-Z0-9_]+)=(.*?)\s*$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) values.set(key, unquoted(value))
  }
  const id = values.get('ID')?.toLowerCase()
  if (id === undefined || id === '') return { kind: 'unread', what: 'broken', reason: 'it has no ID' }
  const version = values.get('VERSION_ID') || (id === 'debian' ? debianNames[values.get('VERSION_CODENAME') ?? ''] : undefined)
  const name = values.get('PRETTY_NAME') || values.get('NAME')
  return { kind: 'distribution', distribution: { id, ...(version !== undefined && { version }), ...(name !== undefined && name !== '' && { name }) } }
}

function unquoted(value: string): string {
  const quote = value.at(0)
  const inside = (quote === '"' || quote === "'") && value.length > 1 && value.at(-1) === quote ? value.slice(1, -1) : value
  return inside.replace(/\\(.)/g, '$1')
}
