/** The variables about the run itself that every step of the original sees, under each of their names. What a run does not know is left out. */
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import { codebaseKnown } from './codebase-known.ts'
import { planInfrastructure } from './plan-infrastructure.ts'
import { semverVariables } from './semver-variables.ts'
import type { StepSite } from './site.ts'

type Value = string | number | undefined

export function runVariables(site: StepSite): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const [names, value] of rowsOf(site)) for (const name of value === undefined ? [] : names.split(' ')) found[name] = String(value)
  return { ...found, ...semverVariables(codebaseOf(site).tag) }
}

function rowsOf(site: StepSite): readonly (readonly [names: string, value: Value])[] {
  const { pipeline, facts, stage, step } = site
  const seconds = facts.startTs === undefined ? undefined : Math.floor(facts.startTs / 1000)
  const { declared, os, arch } = planInfrastructure(stage, site, () => undefined)
  return [
    ['CI DRONE', 'true'],
    ['HARNESS_BUILD_ID CI_BUILD_NUMBER DRONE_BUILD_NUMBER', facts.sequenceId],
    ['HARNESS_EXECUTION_ID', facts.executionId],
    ['HARNESS_ORG_ID', pipeline.orgIdentifier],
    ['HARNESS_PROJECT_ID', pipeline.projectIdentifier],
    ['HARNESS_PIPELINE_ID', pipeline.identifier],
    ['HARNESS_STAGE_ID DRONE_STAGE_NUMBER', stage.identifier],
    ['DRONE_STAGE_NAME', stage.name],
    ['DRONE_STAGE_KIND', 'pipeline'],
    ['DRONE_STEP_NAME', step.name],
    ['CI_BUILD_CREATED CI_BUILD_STARTED CI_BUILD_FINISHED DRONE_BUILD_CREATED DRONE_BUILD_STARTED DRONE_BUILD_FINISHED', seconds],
    ['HARNESS_INFRA DRONE_STAGE_TYPE', declared === 'none' ? undefined : infraNames[declared]],
    ['DRONE_STAGE_OS', os || undefined],
    ['DRONE_STAGE_ARCH', arch || undefined],
    ...codebaseRows(site),
    ...loopRows(site),
  ]
}

const infraNames = { Cloud: 'HOSTED_VM', VM: 'VM', Docker: 'DOCKER', KubernetesDirect: 'KUBERNETES_DIRECT' } as const

function codebaseRows(site: StepSite): readonly (readonly [string, Value])[] {
  const codebase = codebaseOf(site)
  const { branch, tag, repoUrl } = codebase
  const [namespace, name] = repoUrl === undefined ? [] : repositoryOf(repoUrl)
  return [
    ['DRONE_BUILD_EVENT', codebase.prNumber !== undefined ? 'pull_request' : tag === undefined ? 'push' : 'tag'],
    ['DRONE_PULL_REQUEST', codebase.prNumber],
    ['DRONE_COMMIT DRONE_COMMIT_SHA CI_COMMIT_SHA DRONE_COMMIT_AFTER', codebase.commitSha],
    ['DRONE_COMMIT_REF CI_COMMIT_REF', codebase.commitRef ?? (tag === undefined ? branch && `refs/heads/${branch}` : `refs/tags/${tag}`)],
    ['DRONE_BRANCH DRONE_COMMIT_BRANCH CI_COMMIT_BRANCH', branch],
    ['DRONE_SOURCE_BRANCH', codebase.sourceBranch ?? branch],
    ['DRONE_TARGET_BRANCH', codebase.targetBranch ?? branch],
    ['DRONE_TAG', tag],
    ['DRONE_COMMIT_MESSAGE CI_COMMIT_MESSAGE', codebase.commitMessage],
    ['DRONE_COMMIT_AUTHOR CI_COMMIT_AUTHOR DRONE_COMMIT_AUTHOR_NAME CI_COMMIT_AUTHOR_NAME', codebase.gitUser],
    ['DRONE_COMMIT_AUTHOR_EMAIL CI_COMMIT_AUTHOR_EMAIL', codebase.gitUserEmail],
    ['DRONE_GIT_HTTP_URL CI_REPO_REMOTE DRONE_REMOTE_URL CI_REMOTE_URL', repoUrl],
    ['DRONE_REPO_LINK CI_REPO_LINK', repoUrl?.replace(/\.git$/, '')],
    ['DRONE_REPO CI_REPO', namespace === undefined ? name : `${namespace}/${name}`],
    ['DRONE_REPO_NAME', name],
    ['DRONE_REPO_NAMESPACE DRONE_REPO_OWNER', namespace],
  ]
}

/** Before the code is there, nothing is known of it. */
function codebaseOf(site: StepSite): CodebaseFacts {
  const known = codebaseKnown(site)
  return known === 'later' ? {} : known
}

/** `https://host/team/app.git` and `git@host:team/app` are `team` and `app`. */
function repositoryOf(url: string): readonly [namespace: string | undefined, name: string | undefined] {
  const path = url.replace(/^[a-z+]+:\/\/[^/]+\//, '').replace(/^[^/]*:/, '')
  const parts = path
    .replace(/\.git$/, '')
    .split('/')
    .filter((part) => part !== '')
  return [parts.slice(0, -1).join('/') || undefined, parts.at(-1)]
}

function loopRows({ turns, stageTurn }: StepSite): readonly (readonly [string, Value])[] {
  const turn = turns.at(-1)
  const inner = turn ?? stageTurn
  return [
    ['HARNESS_NODE_INDEX', inner?.index],
    ['HARNESS_NODE_TOTAL', inner?.count],
    ['HARNESS_STEP_INDEX', turn?.index],
    ['HARNESS_STEP_TOTAL', turn?.count],
    ['HARNESS_STAGE_INDEX', stageTurn?.index],
    ['HARNESS_STAGE_TOTAL', stageTurn?.count],
  ]
}
