/** A folder whose members are made when somebody looks: scopes of large pipelines are mostly never looked at. */
import type { Folder, Slot } from '../../expr/scope.ts'

export function lazyFolder(members: ReadonlyMap<string, () => Slot>): Folder {
  return { kind: 'folder', names: () => members.keys(), get: (name) => members.get(name)?.() }
}
