/** Which sources of an ADD lie outside, and under what name they arrive. */
import { parseGitSource } from '../../dockerfile/git-source.ts'
import type { Add } from '../../dockerfile/instructions/add.ts'
import type { RemoteSource } from '../context/remote-sources.ts'
import { expanded, type StageState } from './stage-state.ts'

/** Undefined: it is a path of the context. */
export function remoteSource(state: StageState, add: Add, text: string): RemoteSource | undefined {
  const checksum = add.checksum && expanded(state, add.checksum)
  const more = checksum === undefined || checksum === '' ? {} : { checksum }
  const git = parseGitSource(text)
  if (git !== undefined) return { kind: 'git', source: git, keepGitDir: add.keepGitDir ?? false, ...more }
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  return { kind: 'http', url: text, name: fileName(new URL(text)), ...more }
}

/** The last part of the path, as BuildKit has it; what follows a question mark is no name. */
function fileName({ pathname }: URL): string {
  const last = pathname.split('/').findLast((part) => part !== '')
  if (last === undefined) return '__unnamed__'
  try {
    const name = decodeURIComponent(last)
    return name.includes('/') || name === '.' || name === '..' ? '__unnamed__' : name
  } catch {
    return last
  }
}
