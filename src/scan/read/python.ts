/** Installed packages of Python: METADATA of a dist-info folder, PKG-INFO of an egg-info folder, or the egg-info file itself. */
import type { Found } from './found.ts'
import { fieldOf } from './stanzas.ts'

export function readPython(text: string): Found {
  const head = text.replaceAll('\r\n', '\n').split('\n\n', 1)[0] ?? ''
  const [name, version] = [fieldOf(head, 'Name'), fieldOf(head, 'Version')]
  if (name === undefined || version === undefined) return { kind: 'unread', what: 'broken', reason: 'it has no name and version' }
  const license = fieldOf(head, 'License-Expression') ?? fieldOf(head, 'License')
  const licenses = license === undefined || license === 'UNKNOWN' || license.length > 200 ? {} : { licenses: [license] }
  return { kind: 'packages', packages: [{ type: 'pypi', name, version, ...licenses }] }
}
