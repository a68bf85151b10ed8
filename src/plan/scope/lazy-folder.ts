/** A folder whose members are made when somebody looks: scopes of large pipelines are mostly never looked at. */
import type { Folder, Slot } from '../../expr/scope.ts'

export type LazyMembers = Readonly<Record<string, (() => Slot) | undefined>>

export function lazyFolder(members: LazyMembers): Folder {
  return {
    kind: 'folder',
    names: () => Object.keys(members).filter((name) => members[name] !== undefined),
    get: (name) => (Object.hasOwn(members, name) ? members[name]?.() : undefined),
  }
}
