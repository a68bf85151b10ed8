/** `--codebase` and `--clone`: which folder is the code under build, and whether it is copied or cloned. */
import { resolve } from 'node:path'
import { isSsh } from '../pipeline/repository-url.ts'
import { revisionOfText } from '../pipeline/revision.ts'
import type { CodeChoice, RunFacts } from '../plan/facts.ts'
import type { Codebase } from './toolbox.ts'
import type { World } from './world.ts'

export interface CodeOptions {
  readonly codebase?: string
  readonly clone?: boolean
}

export interface ChosenCode {
  readonly codebase: Codebase
  readonly facts: Pick<RunFacts, 'codebase' | 'code'>
}

/** Without options the code is the work tree that holds the file, unless the pipeline names a connector that is defined. */
export async function chooseCode({ codebase: given, clone = false }: CodeOptions, file: string, world: World): Promise<ChosenCode> {
  const address = given === undefined ? undefined : repositoryOf(given)
  const here = given === undefined || address !== undefined
  const codebase = here ? await world.tools.codebaseOf(file, world) : await world.tools.codebaseAt(resolve(world.cwd, given), world)
  const code = address ?? choiceOf(here, clone, codebase.folder)
  return { codebase, facts: { codebase: codebase.facts, ...(code !== undefined && { code }) } }
}

function choiceOf(here: boolean, clone: boolean, folder: string): CodeChoice | undefined {
  if (clone) return here ? { kind: 'clone', folder } : { kind: 'clone', url: folder }
  return here ? undefined : { kind: 'folder' }
}

/** Anything else is a folder. */
export function isAddress(text: string): boolean {
  return /^[a-z][a-z+.-]*:\/\//i.test(text) || isSsh(text)
}

/** An address, perhaps with a revision behind `#`. */
function repositoryOf(text: string): CodeChoice | undefined {
  if (!isAddress(text)) return undefined
  const [url = '', revision] = text.split('#', 2)
  return { kind: 'clone', url, ...(revision !== undefined && revision !== '' && { revision: revisionOfText(revision) }) }
}
