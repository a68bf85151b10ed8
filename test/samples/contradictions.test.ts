/** What an image step cannot mean: each row with its code, place and hint, before any file or network is touched. `|` marks the place. */
import { describe, expect, it } from 'vitest'
import { steps } from '../../src/pipeline/texts.testing.ts'
import { planText } from './plan-text.ts'

interface Case {
  readonly row: string
  /** Items of the list of steps, with one `|`. */
  readonly steps: string
  /** Of the stage. */
  readonly variables?: string
  readonly code: string
  readonly says?: string
  readonly severity?: 'error' | 'warning' | 'info'
}

function image(spec: string, type = 'BuildAndPushDockerRegistry', id = 'a'): string {
  return `- step: {identifier: ${id}, name: a, type: ${type}, spec: {${spec}}}`
}

const hub = 'connectorRef: hub, repo: acme/app, tags: [a]'

function inset(text: string): string {
  return text.replace(/^/gm, '    ')
}

function env(variables: string, spec = hub): string {
  return image(`${spec}, envVariables: {${variables}}`)
}

const cases: readonly Case[] = [
  // P and ST
  { row: 'SE-05 5s', steps: '- step: {identifier: a, name: a, type: Run, timeout: |5s, spec: {command: a}}', code: 'MODEL_BAD_TIMEOUT', says: 'two digits' },
  {
    row: 'RT-05 two strategies',
    steps: '- step: {identifier: a, name: a, type: Run, strategy: |{parallelism: 2, repeat: {times: 2}}, spec: {command: a}}',
    code: 'PLAN_ONE_STRATEGY',
  },
  {
    row: 'RT-05 no strategy',
    steps: '- step: {identifier: a, name: a, type: Run, strategy: |{maxConcurrency: 2}, spec: {command: a}}',
    code: 'PLAN_ONE_STRATEGY',
  },
  {
    row: 'RT-05 an axis is a list',
    steps: '- step: {identifier: a, name: a, type: Run, strategy: |{matrix: {hull: {}}}, spec: {command: a}}',
    code: 'PLAN_LOOP_BAD',
    says: 'hull',
  },
  { row: 'RT-05 repeat of nothing', steps: '- step: {identifier: a, name: a, type: Run, strategy: {repeat: |{}}, spec: {command: a}}', code: 'PLAN_LOOP_BAD' },
  {
    row: 'RT-05 too many turns',
    steps: '- step: {identifier: a, name: a, type: Run, strategy: |{parallelism: 300}, spec: {command: a}}',
    code: 'PLAN_LOOP_TOO_LARGE',
  },
  // BP
  { row: 'BP-02 repo', steps: image('connectorRef: hub, tags: [a]').replace('{id', '|{id'), code: 'SETTINGS_REQUIRED', says: 'repo' },
  {
    row: 'BP-02 connectorRef or registryRef',
    steps: image('repo: acme/app, tags: [a]').replace('{id', '|{id'),
    code: 'SETTINGS_REQUIRED',
    says: 'registryRef',
  },
  { row: 'BP-02 tags', steps: image('connectorRef: hub, repo: acme/app').replace('{id', '|{id'), code: 'SETTINGS_REQUIRED', says: 'tags' },
  ...['connectorRef', 'region', 'account', 'imageName', 'tags'].map((key) => lacking('BP-03', 'BuildAndPushECR', key)),
  ...['connectorRef', 'host', 'projectID', 'imageName', 'tags'].map((key) => lacking('BP-04', 'BuildAndPushGAR', key)),
  ...['connectorRef', 'repository', 'tags'].map((key) => lacking('BP-06', 'BuildAndPushACR', key)),
  ...['connectorRef', 'host', 'projectID', 'imageName', 'tags'].map((key) => lacking('BP-07', 'BuildAndPushGCR', key)),
  {
    row: 'BP-03 an account without quotes',
    steps: image('connectorRef: aws, region: us-east-1, account: |012345678901, imageName: app, tags: [a]', 'BuildAndPushECR'),
    code: 'SETTINGS_NUMBER_FOR_TEXT',
    severity: 'warning',
    says: 'quotes',
  },
  {
    row: 'BP-05 a host with a path',
    steps: image('connectorRef: gcp, host: |us-docker.pkg.dev/p/r, projectID: q, imageName: app, tags: [a]', 'BuildAndPushGAR'),
    code: 'JOB_HOST_HAS_PATH',
    severity: 'warning',
  },
  {
    row: 'BP-17 unknown variable with a near name',
    steps: env('PLUGIN_NO_PUHS: |"true"'),
    code: 'SETTINGS_UNKNOWN_VARIABLE',
    severity: 'warning',
    says: 'PLUGIN_NO_PUSH',
  },
  { row: 'BP unknown field', steps: image(`${hub}, dockerFile: |x`), code: 'SETTINGS_UNKNOWN_FIELD', says: 'dockerfile' },
  { row: 'BP-08 tags are texts', steps: image('connectorRef: hub, repo: acme/app, tags: |[{a: b}]'), code: 'SETTINGS_NOT_A_LIST' },
  { row: 'BP-13 caching is a flag', steps: image(`${hub}, caching: |sometimes`), code: 'SETTINGS_NOT_A_FLAG' },
  { row: 'BP-11 labels are a map', steps: image(`${hub}, labels: |text`), code: 'SETTINGS_NOT_A_MAP', says: 'labels' },
  { row: 'BP-11 buildArgs are a map', steps: image(`${hub}, buildArgs: |[a]`), code: 'SETTINGS_BAD_PAIR', says: 'NAME=VALUE' },
  { row: 'BP-11 a list in place of the map', steps: image(`${hub}, buildArgs: |[A=1]`), code: 'SETTINGS_LIST_FOR_MAP', severity: 'warning', says: 'buildArgs' },
  {
    row: 'BP-16 a variable that is a boolean',
    steps: env('PLUGIN_SKIP_TLS_VERIFY: |true'),
    code: 'SETTINGS_VALUE_COERCED',
    severity: 'warning',
    says: 'quotes',
  },
  // T and M
  ...['envDockerSecrets: |{a: A}', 'fileDockerSecrets: |{a: /a}', 'sshKeys: |{a: /a}'].map((field) => ({
    row: `T-05 M-21 kaniko with ${field}`,
    steps: image(`${hub}, ${field}, envVariables: {PLUGIN_ENGINE: kaniko}`),
    code: 'ENGINE_CONFLICT',
    says: 'PLUGIN_ENGINE',
  })),
  { row: 'TR-11 no daemon', steps: env('PLUGIN_DAEMON_OFF: |"true"'), code: 'SETTINGS_NO_EFFECT', severity: 'info' },
  // V
  {
    row: 'V-05 a stage variable that loses',
    steps: env('PLUGIN_TARGET: |two'),
    variables: '[{name: PLUGIN_TARGET, value: one}]',
    code: 'SETTINGS_OVERRIDDEN',
    severity: 'warning',
    says: 'stage variable',
  },
  { row: 'V-06 two names of one setting', steps: env('PLUGIN_DRY_RUN: |"false", PLUGIN_NO_PUSH: "true"'), code: 'SETTINGS_CONFLICT' },
  { row: 'V-07 yes is no boolean', steps: env('PLUGIN_NO_PUSH: |"yes"'), code: 'SETTINGS_NOT_A_FLAG', says: 'true, t, 1' },
  { row: 'V-07 a number is a number', steps: env('PLUGIN_PUSH_RETRY: |many'), code: 'SETTINGS_NOT_A_NUMBER' },
  // M
  { row: 'M-06 no push and push only', steps: env('PLUGIN_NO_PUSH: "true", PLUGIN_PUSH_ONLY: |"true"'), code: 'JOB_NO_PUSH_AND_PUSH_ONLY' },
  { row: 'M-07 the same by the other name', steps: env('PLUGIN_DRY_RUN: "true", PLUGIN_PUSH_ONLY: |"true"'), code: 'JOB_NO_PUSH_AND_PUSH_ONLY' },
  { row: 'M-08 push only without a source', steps: env('PLUGIN_PUSH_ONLY: |"true"'), code: 'JOB_SOURCE_MISSING', says: 'PLUGIN_SOURCE_IMAGE' },
  { row: 'M-14 auto tag with tags', steps: env('PLUGIN_AUTO_TAG: "true"', 'connectorRef: hub, repo: acme/app, tags: |[a]'), code: 'JOB_AUTO_TAG_AND_TAGS' },
  {
    row: 'M-14 auto tag and expand tag',
    steps: env('PLUGIN_AUTO_TAG: "true", PLUGIN_EXPAND_TAG: |"true"', 'connectorRef: hub, repo: acme/app, tags: [latest]'),
    code: 'JOB_AUTO_TAG_AND_EXPAND',
  },
  { row: 'M-15 bake and push only', steps: env('PLUGIN_BAKE_FILE: |bake.hcl, PLUGIN_PUSH_ONLY: "true"'), code: 'JOB_BAKE_AND_PUSH_ONLY' },
  {
    row: 'CO-02 push only where no push was meant',
    steps: env('PLUGIN_PUSH_ONLY: |"true"', `${hub}, dockerfile: Dockerfile`),
    code: 'JOB_PUSH_ONLY_WITH_BUILD',
    says: 'PLUGIN_NO_PUSH',
  },
  {
    row: 'CO-08 several images built before',
    steps: `${env('PLUGIN_NO_PUSH: "true"', 'connectorRef: hub, repo: acme/one, tags: [a]').replace('identifier: a', 'identifier: one')}\n${env('PLUGIN_NO_PUSH: "true"', 'connectorRef: hub, repo: acme/two, tags: [a]').replace('identifier: a', 'identifier: two')}\n${env('PLUGIN_PUSH_ONLY: |"true"')}`,
    code: 'JOB_SOURCE_AMBIGUOUS',
    says: 'acme/two',
  },
  { row: 'CO-12 both names of the remote cache', steps: image(`${hub}, remoteCacheRepo: acme/cache, remoteCacheImage: |acme/cache`), code: 'SETTINGS_TWICE' },
  // RT, EX and ST
  {
    row: 'RT-09 one archive, two parallel steps',
    steps: `- parallel:\n${inset(env('PLUGIN_TAR_PATH: x.tar'))}\n${inset(env('PLUGIN_TAR_PATH: /harness/x.tar').replace('{identifier: a', '|{identifier: b'))}`,
    code: 'PLAN_SAME_ARCHIVE',
    says: '/harness/x.tar',
  },
  {
    row: 'EX-04 an output of a later step',
    steps:
      '- step: {identifier: a, name: a, type: Run, spec: {command: "<+|steps.b.output.outputVariables.X>"}}\n- step: {identifier: b, name: b, type: Run, spec: {command: a, outputVariables: [{name: X}]}}',
    code: 'EXPR_UNKNOWN_PATH',
  },
  {
    row: 'ST-14 container settings off Kubernetes',
    steps: image(`${hub}, runAsUser: 0`).replace('{id', '|{id'),
    code: 'PLAN_SETTING_WITHOUT_EFFECT',
    severity: 'info',
  },
  // TG
  { row: 'TG-09 a list of tags', steps: image('connectorRef: hub, repo: acme/app, tags: |[a, "b c"]'), code: 'TAG_INVALID', says: 'item 2 of the 2' },
  { row: 'TG-09 a tag', steps: image('connectorRef: hub, repo: acme/app, tags: |["-a"]'), code: 'TAG_INVALID', says: '128' },
  { row: 'TG-09 a repository in capitals', steps: image('connectorRef: hub, repo: |Acme/App, tags: [a]'), code: 'REF_INVALID', says: 'lower case' },
  {
    row: 'TG-04 a ref that is no version',
    steps: env('PLUGIN_AUTO_TAG: |"true", PLUGIN_COMMIT_REF: refs/tags/x1', 'connectorRef: hub, repo: acme/app, tags: [latest]').replace(
      'PLUGIN_COMMIT_REF',
      'DRONE_COMMIT_REF',
    ),
    code: 'JOB_AUTO_TAG_NO_VERSION',
  },
  // XV
  { row: 'XV-02 an unknown option of buildx', steps: env('PLUGIN_BUILDX_OPTIONS: |"--colour=blue"'), code: 'JOB_OPTION_UNKNOWN' },
  { row: 'XV-09 a pair without a value', steps: env('PLUGIN_SECRETS_FROM_ENV: |token'), code: 'JOB_SECRET_SPEC' },
]

function lacking(row: string, type: string, key: string): Case {
  const all: Readonly<Record<string, string>> = {
    connectorRef: 'c',
    region: 'us-east-1',
    account: '"123456789012"',
    host: 'gcr.io',
    projectID: 'p',
    imageName: 'app',
    repository: 'r.azurecr.io/app',
    tags: '[a]',
  }
  const keys: Readonly<Record<string, readonly string[]>> = {
    BuildAndPushECR: ['connectorRef', 'region', 'account', 'imageName', 'tags'],
    BuildAndPushGAR: ['connectorRef', 'host', 'projectID', 'imageName', 'tags'],
    BuildAndPushGCR: ['connectorRef', 'host', 'projectID', 'imageName', 'tags'],
    BuildAndPushACR: ['connectorRef', 'repository', 'tags'],
  }
  const spec = (keys[type] ?? []).filter((other) => other !== key).map((other) => `${other}: ${all[other]}`)
  return { row: `${row} ${type} needs ${key}`, steps: image(spec.join(', '), type).replace('{id', '|{id'), code: 'SETTINGS_REQUIRED', says: key }
}

describe('an image step that contradicts itself', () => {
  it.each(cases.map((one) => [one.row, one] as const))('%s', (_row, one) => {
    const marked = steps(one.steps).replace('type: CI', one.variables === undefined ? 'type: CI' : `type: CI\n        variables: ${one.variables}`)
    const place = marked.indexOf('|')
    const before = marked.slice(0, place).split('\n')
    const { diagnostics, plan } = planText('p.yaml', marked.slice(0, place) + marked.slice(place + 1))
    const expected = `${before.length}:${(before.at(-1) ?? '').length + 1} ${one.severity ?? 'error'} ${one.code}`
    const found = diagnostics.map((d) => `${d.at?.line}:${d.at?.col} ${d.severity} ${d.code}`)
    expect(found).toContain(expected)
    const hit = diagnostics[found.indexOf(expected)]
    if (one.says !== undefined) expect(`${hit?.message} ${hit?.hint ?? ''}`).toContain(one.says)
    expect(plan === undefined).toBe(one.severity === undefined)
  })
})
