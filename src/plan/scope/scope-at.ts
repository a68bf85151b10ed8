/** The names an expression may use at a place of the pipeline. */
import { secretText } from '../../base/secret-text.ts'
import { absent, folder, type Scope, type Slot, value } from '../../expr/scope.ts'
import type { StepGroup } from '../../pipeline/step-nodes.ts'
import { turnSlots } from '../loop.ts'
import type { Site } from '../site.ts'
import { codebaseFact, noPage, pipelineFolder, stageFolder } from './pipeline-folder.ts'
import { stepsFolder } from './steps-folder.ts'
import { variablesFolder } from './variables-folder.ts'

export function scopeAt(site: Site): Scope {
  return {
    root: folder({ pipeline: pipelineFolder(site), ...surroundings(site), ...stageSlots(site) }),
    call: (name, args) => (name === 'secrets.getValue' && typeof args[0] === 'string' ? value(secretText(args[0])) : undefined),
    functions: ['secrets.getValue'],
  }
}

function surroundings({ pipeline, facts }: Site): Record<string, Slot> {
  const named = (id: string | undefined): Slot => folder({ identifier: value(id ?? ''), name: value(id ?? '') })
  const { codebase } = facts
  return {
    org: named(pipeline.orgIdentifier),
    project: named(pipeline.projectIdentifier),
    account: named('account'),
    trigger: absent('the run was started by hand'),
    secrets: folder({}),
    codebase: folder({
      branch: codebaseFact(codebase?.branch),
      commitSha: codebaseFact(codebase?.commitSha),
      shortCommitSha: codebaseFact(codebase?.commitSha?.slice(0, 7)),
      commitMessage: codebaseFact(codebase?.commitMessage),
      commitRef: codebaseFact(codebase?.branch === undefined ? undefined : `refs/heads/${codebase.branch}`),
      repoUrl: codebaseFact(codebase?.repoUrl),
      gitUser: codebaseFact(codebase?.gitUser),
      gitUserEmail: codebaseFact(codebase?.gitUserEmail),
      tag: codebaseFact(codebase?.tag),
      build: folder({ type: value(codebase?.tag === undefined ? 'branch' : 'tag') }),
      ...Object.fromEntries(
        ['targetBranch', 'sourceBranch', 'prNumber', 'prTitle', 'pullRequestLink', 'pullRequestBody', 'state', 'baseCommitSha', 'mergeSha'].map((name) => [
          name,
          absent('the run builds no pull request'),
        ]),
      ),
    }),
  }
}

/** Relative paths: `stage`, `execution`, `steps` of the innermost group, `step`, and the loop around them. */
function stageSlots(site: Site): Record<string, Slot> {
  const { stage, stagePath, step, groups, knowledge } = site
  if (stage === undefined || stagePath === undefined) return {}
  const nodes = stage.spec.execution.steps
  const inner = groups.at(-1)
  const turn = site.turn ?? site.stageTurn
  return {
    stage: stageFolder(stage, stagePath, site, site.stageTurn),
    execution: folder({ steps: stepsFolder(nodes, stagePath, knowledge) }),
    steps: inner === undefined ? stepsFolder(nodes, stagePath, knowledge) : stepsFolder(inner.group.steps, inner.path, knowledge),
    ...(inner !== undefined && { stepGroup: groupFolder(inner.group) }),
    ...(turn !== undefined && turnSlots(turn)),
    ...(step !== undefined && { step: folder({ identifier: value(step.identifier), name: value(step.name), executionUrl: absent(noPage) }) }),
  }
}

function groupFolder(group: StepGroup): Slot {
  return folder({ identifier: value(group.identifier), name: value(group.name), variables: variablesFolder(group.variables) })
}
