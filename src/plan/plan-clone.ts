/** Where the code of a stage comes from: the first step of a stage with `cloneCodebase`, and GitClone steps. */
import { diagnose } from '../base/diagnostic.ts'
import { known, type Planned } from '../base/planned.ts'
import { isSecretText, showText, type Text } from '../base/secret-text.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import type { Codebase } from '../pipeline/codebase.ts'
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import { repositoryUrl } from '../pipeline/repository-url.ts'
import type { Revision } from '../pipeline/revision.ts'
import type { StepOf } from '../pipeline/step.ts'
import type { CloneWork, PlannedRepository, PlannedSource } from '../steps/clone-work.ts'
import { type CloneSurroundings, describeSource, planClone, planRepository, planRevision, planTexts } from '../steps/plan-clone-work.ts'
import { codebaseSource } from './codebase-source.ts'
import { connectorFact } from './connector-fact.ts'
import type { RunFacts } from './facts.ts'
import type { Site } from './site.ts'

interface PlannedClone {
  readonly work: CloneWork
  readonly does: string
}

/** The code under build. */
export function planCodebase(site: Site, o: Resolving): PlannedClone {
  const { facts, pipeline, knowledge } = site
  const fields: Partial<Codebase> = pipeline.properties?.ci?.codebase ?? {}
  const into = fields.cloneDirectory === undefined ? undefined : resolve(fields.cloneDirectory, o)
  const chosen = codebaseSource(pipeline, facts)
  if (chosen.kind === 'folder' && chosen.undefinedConnector !== undefined)
    o.report(diagnose('CODEBASE_NOT_CLONED', { connector: chosen.undefinedConnector }, { at: fields.connectorRef?.at }))
  const source: PlannedSource =
    chosen.kind === 'folder'
      ? { kind: 'work-tree' }
      : {
          kind: 'repository',
          repository: withAddress(chosen.url === undefined ? planRepository(fields, o) : { ...planRepository(fields, o), url: known(chosen.url) }, facts),
          revision: sameAgain(chosen.revision === undefined ? planRevision(fields, o) : known(chosen.revision), knowledge.codebase ?? facts.pinned),
          settings: planClone(fields, surroundings(o, facts)),
        }
  const pinned = source.kind === 'repository' ? (knowledge.codebase ?? facts.pinned) : undefined
  const work: CloneWork = {
    kind: 'clone',
    source,
    underBuild: true,
    into: into ?? known('/harness'),
    files: known([]),
    ...(pinned !== undefined && { pinned }),
  }
  return { work, does: describeSource(source) }
}

/** All stages of a run see one commit, and so does a run that repeats an earlier one. */
function sameAgain(revision: Planned<Revision>, pinned: CodebaseFacts | undefined): Planned<Revision> {
  const commit = pinned?.mergeSha ?? pinned?.commitSha
  if (commit === undefined || revision.kind === 'deferred') return revision
  const name = revision.value.kind === 'branch' ? revision.value.name : revision.value.kind === 'default' ? pinned?.branch : undefined
  if (name !== undefined) return known({ kind: 'branch', name, commit })
  return revision.value.kind === 'tag' ? revision : known({ kind: 'commit', sha: commit })
}

export function planGitClone(step: StepOf<'GitClone'>, facts: RunFacts, o: Resolving): PlannedClone {
  const fields = step.spec
  const repository = planRepository(fields, o)
  checkConnector(repository, facts, step, o)
  const into = fields.cloneDirectory === undefined ? undefined : resolve(fields.cloneDirectory, o)
  const source: PlannedSource = {
    kind: 'repository',
    repository: withAddress(repository, facts),
    revision: planRevision(fields, o),
    settings: planClone(fields, surroundings(o, facts)),
  }
  const work: CloneWork = { kind: 'clone', source, underBuild: false, files: planTexts(fields.outputFilePathsContent, o), ...(into !== undefined && { into }) }
  return { work, does: describeSource(source) }
}

function surroundings(o: Resolving, facts: RunFacts): CloneSurroundings {
  return { ...o, manual: (facts.trigger ?? 'manual') === 'manual' }
}

function checkConnector({ connector, repoName }: PlannedRepository, facts: RunFacts, step: StepOf<'GitClone'>, { report }: Resolving): void {
  if (connector === undefined) {
    if (repoName === undefined) report(diagnose('CODEBASE_NO_REPOSITORY', { what: `the step ${step.identifier}` }, { at: step.at }))
    return
  }
  if (connector.kind !== 'known') return
  const id = showText(connector.value)
  const fact = connectorFact(id, facts)
  const severity = fact === 'missing' ? 'error' : 'warning'
  if (fact === 'missing' || fact === 'unknown') report(diagnose('CONNECTOR_UNDEFINED', { connector: id }, { at: step.spec.connectorRef?.at, severity }))
}

/** A connector that is written out gives its address already now, so that the plan shows it; without one, `repoName` may be an address. */
function withAddress(repository: PlannedRepository, facts: RunFacts): PlannedRepository {
  const { connector, repoName, projectName, url } = repository
  if (url !== undefined) return repository
  if (connector === undefined) return repoName === undefined ? repository : { ...repository, url: repoName }
  const id = plain(connector)
  const git = id === undefined ? undefined : factOf(id, facts)?.git
  const [name, project] = [plain(repoName), plain(projectName)]
  if (git === undefined || (git.holds === 'many' && name === undefined)) return repository
  const address = repositoryUrl(git, { ...(name !== undefined && { repoName: name }), ...(project !== undefined && { projectName: project }) })
  return address === undefined ? repository : { ...repository, url: known(address) }
}

function factOf(id: string, facts: RunFacts) {
  const fact = connectorFact(id, facts)
  return typeof fact === 'object' ? fact : undefined
}

function plain(planned: Planned<Text> | undefined): string | undefined {
  return planned?.kind === 'known' && !isSecretText(planned.value) ? planned.value : undefined
}
