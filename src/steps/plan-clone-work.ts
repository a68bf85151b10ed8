/** What a codebase block or a GitClone step says, to the work of cloning. */
import { diagnose } from '../base/diagnostic.ts'
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import type { DynamicList } from '../dynamic/shapes.ts'
import type { Codebase } from '../pipeline/codebase.ts'
import { describeRevision, type Revision } from '../pipeline/revision.ts'
import type { StepOf } from '../pipeline/step.ts'
import type { ClonePlan, PlannedRepository, PlannedSource } from './clone-work.ts'

type CloneFields = Partial<Omit<Codebase, 'at'> & StepOf<'GitClone'>['spec']>

const manualDepth = 50

export interface CloneSurroundings extends Resolving {
  /** A person starts the run: only so many commits are fetched, unless the pipeline says how many. */
  readonly manual: boolean
}

export function planClone(fields: CloneFields, o: CloneSurroundings): ClonePlan {
  const flag = (value: CloneFields['lfs'], fallback: boolean) => (value === undefined ? undefined : resolve(value, o)) ?? known(fallback)
  const preFetch = fields.preFetchCommand === undefined ? undefined : resolve(fields.preFetchCommand, o)
  return {
    depth: (fields.depth === undefined ? undefined : resolve(fields.depth, o)) ?? known(o.manual ? manualDepth : 0),
    tags: flag(fields.fetchTags, false),
    sparse: planTexts(fields.sparseCheckout, o),
    submodules: (fields.submoduleStrategy === undefined ? undefined : resolve(fields.submoduleStrategy, o)) ?? known('false'),
    lfs: flag(fields.lfs, false),
    sslVerify: flag(fields.sslVerify, true),
    keepLogin: flag(fields.persistCredentials, false),
    debug: flag(fields.debug, false),
    ...(preFetch !== undefined && { preFetch }),
  }
}

export function planRepository(fields: CloneFields, o: Resolving): PlannedRepository {
  const text = (value: CloneFields['repoName']) => (value === undefined ? undefined : resolve(value, o))
  const [connector, repoName, projectName] = [text(fields.connectorRef), text(fields.repoName), text(fields.projectName)]
  return { ...(connector !== undefined && { connector }), ...(repoName !== undefined && { repoName }), ...(projectName !== undefined && { projectName }) }
}

export function planRevision({ build, prCloneStrategy }: CloneFields, o: Resolving): Planned<Revision> {
  if (build === undefined) return known({ kind: 'default' })
  // One expression in place of the whole map can only be a text.
  if ('kind' in build) {
    o.report(diagnose('DYNAMIC_WRONG_TYPE', { found: 'a text', expected: 'a map with type and spec' }, { at: build.at }))
    return known({ kind: 'default' })
  }
  const text = (value: Parameters<typeof resolve<Text>>[0], make: (name: string) => Revision) =>
    mapPlanned(resolve(value, o) ?? known(''), (name) => make(showText(name)))
  switch (build.type) {
    case 'branch':
      return text(build.spec.branch, (name) => ({ kind: 'branch', name }))
    case 'tag':
      return text(build.spec.tag, (name) => ({ kind: 'tag', name }))
    case 'commitSha':
      return text(build.spec.commitSha, (sha) => ({ kind: 'commit', sha }))
    case 'PR': {
      const strategy = prCloneStrategy === undefined ? undefined : resolve(prCloneStrategy, o)
      const merge = strategy?.kind !== 'known' || strategy.value === 'MergeCommit'
      return text(build.spec.number, (number) => ({ kind: 'pull-request', number, merge }))
    }
  }
}

export function planTexts(list: DynamicList | undefined, o: Resolving): Planned<readonly Text[]> {
  if (list === undefined) return known([])
  if ('kind' in list) return resolve(list, o) ?? known([])
  const planned = list.flatMap((item) => resolve(item, o) ?? [])
  const waiting = planned.find((item) => item.kind === 'deferred')
  return waiting?.kind === 'deferred' ? waiting : known(planned.flatMap((item) => (item.kind === 'known' ? [item.value] : [])))
}

/** In a few words, for the plan and the tree. */
export function describeSource(source: PlannedSource): string {
  if (source.kind === 'work-tree') return 'copies the local work tree'
  const { repository, revision } = source
  const at = repository.url ?? repository.repoName ?? repository.connector
  const what = at === undefined ? 'a repository' : at.kind === 'known' ? showText(at.value) : at.source
  return `clones ${withoutLogin(what)}, ${revision.kind === 'known' ? describeRevision(revision.value) : revision.source}`
}

/** An address may have been given with a user and a password in it. */
function withoutLogin(address: string): string {
  return address.replace(/^([a-z][a-z+.-]*:\/\/)[^/@]*:[^/@]*@/i, '$1')
}
