/** Code for the workspace: values in place, the placing itself, and what it tells to later steps. */
import { readFile } from 'node:fs/promises'
import { mapPlanned, type Planned } from '../base/planned.ts'
import { problem } from '../base/problem.ts'
import type { Text } from '../base/secret-text.ts'
import type { OutputVariable } from '../events/run-event.ts'
import { stepPath } from '../events/step-path.ts'
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import type { CloneSettings, CodePlacing, CodeSource, Repository } from '../ports/code.ts'
import type { ClonePlan, CloneWork, PlannedRepository } from '../steps/clone-work.ts'
import type { WorkAt, WorkDone } from './do-work.ts'
import type { RunContext } from './parts.ts'
import { nowKnown, revealText } from './reveal.ts'
import { stepLog } from './step-output.ts'

export async function cloneWork(at: WorkAt<CloneWork>): Promise<WorkDone> {
  const { work, step, state, context } = at
  const into = work.into === undefined ? undefined : await revealText(nowKnown(work.into), context)
  const telling = tellingOf(at)
  const placed = await state.workspace.placeCode({ source: await sourceOf(at), into }, telling.placing).finally(telling.flush)
  // The same commit was looked at before, perhaps with more to know about it.
  const facts = placed.facts === undefined ? undefined : { ...placed.facts, ...work.pinned }
  if (facts !== undefined)
    await context.emit({ kind: 'code.placed', step: stepPath(step.path), folder: placed.folder, codebase: facts, underBuild: work.underBuild })
  if (facts !== undefined && work.underBuild) state.knowledge.codebase = facts
  const outputs = [...outputsOf(facts ?? {}), { name: 'folder', value: placed.folder, secret: false }]
  const files = placed.pretended === true ? [] : await filesOf(placed.folder, at)
  return { outcome: { kind: 'passed' }, outputs: [...outputs, ...files] }
}

async function sourceOf({ work, state, step, context }: WorkAt<CloneWork>): Promise<CodeSource> {
  const { source } = work
  if (source.kind === 'repository') {
    return {
      kind: 'repository',
      repository: await repositoryOf(source.repository, context),
      revision: nowKnown(source.revision),
      settings: await settingsOf(source.settings, context),
    }
  }
  const { codebase } = state.launch
  if (codebase === undefined) throw problem('CODEBASE_NO_REPOSITORY', { what: `the run has no folder of code, and ${step.name}` }, { at: step.at })
  return { kind: 'folder', path: codebase }
}

async function repositoryOf({ url, connector, repoName, projectName }: PlannedRepository, context: RunContext): Promise<Repository> {
  const entries = await Promise.all(
    Object.entries({ url, connector, repoName, projectName }).map(async ([name, text]) => [name, await shown(text, context)] as const),
  )
  return Object.fromEntries(entries.filter(([, text]) => text !== undefined))
}

async function settingsOf(plan: ClonePlan, context: RunContext): Promise<CloneSettings> {
  const preFetch = await shown(plan.preFetch, context)
  return {
    depth: nowKnown(plan.depth),
    tags: nowKnown(plan.tags),
    sparse: await Promise.all(nowKnown(plan.sparse).map((text) => revealText(text, context))),
    submodules: nowKnown(mapPlanned(plan.submodules, (word) => (({ true: 'first', false: 'none', recursive: 'recursive' }) as const)[word])),
    lfs: nowKnown(plan.lfs),
    sslVerify: nowKnown(plan.sslVerify),
    keepLogin: nowKnown(plan.keepLogin),
    debug: nowKnown(plan.debug),
    ...(preFetch !== undefined && { preFetch }),
  }
}

async function shown(text: Planned<Text> | undefined, context: RunContext): Promise<string | undefined> {
  return text === undefined ? undefined : revealText(nowKnown(text), context)
}

/** Text of the log goes through the redactor like the output of a process. */
function tellingOf({ step, context }: WorkAt<CloneWork>): { readonly placing: CodePlacing; readonly flush: () => Promise<void> } {
  const path = stepPath(step.path)
  const mask = context.redactor.stream()
  const log = stepLog(path, context)
  let last: Promise<void> = Promise.resolve()
  const tell = (text: string): void => {
    last = last.then(() => log.tell({ stream: 'out', text }))
  }
  const placing: CodePlacing = {
    signal: context.signal,
    say: (text) => tell(mask.push(Buffer.from(text))),
    progress: (progress) => void context.emit({ kind: 'step.progress', step: path, progress }),
    note: (note) => void context.emit({ kind: 'step.note', step: path, note: { ...note, at: step.at } }),
  }
  const flush = async (): Promise<void> => {
    tell(mask.flush())
    await last
    await log.end()
  }
  return { placing, flush }
}

/** Names as in `<+codebase.…>`. */
function outputsOf(facts: CodebaseFacts): readonly OutputVariable[] {
  const { commitSha } = facts
  const all = { ...facts, ...(commitSha !== undefined && { shortCommitSha: commitSha.slice(0, 7) }) }
  return Object.entries(all).map(([name, value]) => ({ name, value, secret: false }))
}

/** The text of files of the clone, each under its path. */
async function filesOf(folder: string, { work, state, step, context }: WorkAt<CloneWork>): Promise<readonly OutputVariable[]> {
  const names = await Promise.all(nowKnown(work.files).map((text) => revealText(text, context)))
  return Promise.all(
    names.map(async (name) => {
      const file = state.workspace.hostPath(name.startsWith('/') ? name : `${folder}/${name}`)
      const value = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
        const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message
        throw problem('STEP_FILE_UNREADABLE', { what: 'output file', file: name, reason }, { cause, at: step.at })
      })
      return { name, value: value.trimEnd(), secret: false }
    }),
  )
}
