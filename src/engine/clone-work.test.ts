/** The step that brings the code: when it is there, what catches its failures, and what it tells to later steps. */
import { describe, expect, it } from 'vitest'
import { type RunOptions, runText } from '../../test/support/run-text.ts'
import { problem } from '../base/problem.ts'
import type { CodePlacer, CodeRequest } from '../ports/code.ts'

interface Written {
  readonly codebase?: string
  readonly clone?: string
  readonly steps?: readonly string[]
  readonly before?: string
}

const echo = (text: string, id = 'after') =>
  `- step: {identifier: ${id}, name: ${id}, type: Run, spec: {command: x, envVariables: {FAKE_OUTPUT: ${JSON.stringify(text)}}}}`

function pipeline({ codebase, clone = 'true', steps = [echo('done')], before = '' }: Written): string {
  return `pipeline:
  identifier: p
  name: p
${codebase === undefined ? '' : `  properties: {ci: {codebase: ${codebase}}}\n`}  stages:${before}
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          cloneCodebase: ${clone}
          platform: {os: Linux}
          execution:
            steps:
${steps.map((step) => `              ${step}`).join('\n')}
`
}

/** Fails as often as told, then hands over one commit. */
function placer(failures = 0): { readonly code: CodePlacer; readonly asked: CodeRequest[] } {
  const asked: CodeRequest[] = []
  return {
    asked,
    code: {
      async place(request, _hostPath, { say }) {
        asked.push(request)
        say('at work\n')
        if (asked.length <= failures) throw problem('GIT_UNREACHABLE', { address: 'https://git.example/app', reason: 'no' })
        return { folder: '/harness', facts: { commitSha: 'abcdef0123456789', branch: 'main', repoUrl: 'https://git.example/app' } }
      },
    },
  }
}

const forge = { connectors: { forge: { type: 'Github', git: { type: 'Github', url: 'https://git.example', holds: 'many' } } } } as const
const run = (written: Written, o: RunOptions = {}) => runText(pipeline(written), { facts: forge, ...o })

describe('the step that brings the code', () => {
  it('is the first step of a stage with cloneCodebase, and of no other', async () => {
    expect((await run({})).order).toEqual(['+s/harness-git-clone', '-s/harness-git-clone', '+s/after', '-s/after'])
    expect((await run({ clone: 'false' })).order).toEqual(['+s/after', '-s/after'])
  })

  it('waits for what decides about it', async () => {
    const before = `
    - stage: {identifier: a, name: a, type: CI, spec: {platform: {os: Linux}, execution: {steps: [{step: {identifier: one, name: one, type: Run, spec: {command: x, outputVariables: [{name: WANTED}], envVariables: {FAKE_OUT_WANTED: WORD}}}}]}}}`
    const clone = '<+pipeline.stages.a.spec.execution.steps.one.output.outputVariables.WANTED>'
    const statusWith = async (word: string) => (await run({ clone, before: before.replace('WORD', JSON.stringify(word)) })).statuses['s/harness-git-clone']
    expect(await statusWith('true')).toBe('passed')
    expect(await statusWith('false')).toBe('skipped')
  })

  it('copies the folder of the run, unless the codebase names a connector that is defined', async () => {
    const copy = placer()
    await run({ codebase: '{connectorRef: unknown, repoName: app}' }, { code: copy.code })
    expect(copy.asked).toEqual([{ source: { kind: 'folder', path: '/code' }, into: '/harness' }])
    const clone = placer()
    await run({ codebase: '{connectorRef: forge, repoName: app, cloneDirectory: src}' }, { code: clone.code })
    expect(clone.asked[0]).toMatchObject({
      into: 'src',
      source: { repository: { connector: 'forge', repoName: 'app', url: 'https://git.example/app' }, revision: { kind: 'default' }, settings: { depth: 50 } },
    })
  })

  it('clones all commits in runs that nobody starts by hand', async () => {
    const { code, asked } = placer()
    await run({ codebase: '{connectorRef: forge, repoName: app}' }, { code, facts: { ...forge, trigger: 'webhook' } })
    expect(asked[0]).toMatchObject({ source: { settings: { depth: 0 } } })
  })

  it('says every setting of the codebase to whoever clones', async () => {
    const { code, asked } = placer()
    const codebase =
      '{connectorRef: forge, repoName: app, build: {type: PR, spec: {number: "7"}}, prCloneStrategy: SourceBranch, depth: 3, sslVerify: false, lfs: true, fetchTags: true, sparseCheckout: [a, b], submoduleStrategy: recursive, preFetchCommand: "git version", persistCredentials: true, debug: true}'
    await run({ codebase }, { code })
    expect(asked[0]).toMatchObject({
      source: {
        revision: { kind: 'pull-request', number: '7', merge: false },
        settings: {
          depth: 3,
          sslVerify: false,
          lfs: true,
          tags: true,
          sparse: ['a', 'b'],
          submodules: 'recursive',
          preFetch: 'git version',
          keepLogin: true,
          debug: true,
        },
      },
    })
  })

  it('fails the stage when nothing catches it', async () => {
    const { code } = placer(9)
    const { statuses, outcome } = await run({}, { code })
    expect(statuses).toEqual({ 's/harness-git-clone': 'errored', 's/after': 'skipped' })
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'GIT_UNREACHABLE' } })
  })

  it('is tried again, or given up, as the failure strategies of the codebase say', async () => {
    const strategy = (action: string) => `{connectorRef: forge, repoName: app, failureStrategies: [{onFailure: {errors: [Connectivity], action: ${action}}}]}`
    const again = placer(2)
    const retried = await run({ codebase: strategy('{type: Retry, spec: {retryCount: 3, retryIntervals: [10s]}}') }, { code: again.code })
    expect(retried.outcome.kind).toBe('passed')
    expect(again.asked).toHaveLength(3)
    expect(retried.elapsed).toBe(20_000)
    const ignored = await run({ codebase: strategy('{type: Ignore}') }, { code: placer(9).code })
    expect(ignored.statuses['s/after']).toBe('passed')
  })

  it('is caught by the failure strategies of its stage too', async () => {
    const { code, asked } = placer(1)
    const text = pipeline({}).replace(
      '        spec:\n',
      '        failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: Retry, spec: {retryCount: 1}}}}]\n        spec:\n',
    )
    expect((await runText(text, { code })).outcome.kind).toBe('passed')
    expect(asked).toHaveLength(2)
  })

  it('ends at the timeout of the codebase', async () => {
    const hangs: CodePlacer = {
      place: (_request, _path, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    }
    const { outcome, elapsed } = await run({ codebase: '{connectorRef: forge, repoName: app, timeout: 30s}' }, { code: hangs })
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'STEP_TIMEOUT' } })
    expect(elapsed).toBe(30_000)
  })

  it('tells expressions of later steps what it has found', async () => {
    const { code } = placer()
    const { view, live } = await run(
      { codebase: '{connectorRef: forge, repoName: app}', steps: [echo('<+codebase.shortCommitSha> of <+codebase.repoUrl>')] },
      { code },
    )
    expect(view.step('s/after')?.tail[0]).toBe('abcdef0 of https://git.example/app')
    expect(live.codebase).toMatchObject({ commitSha: 'abcdef0123456789', branch: 'main' })
  })

  it('takes the same commit for every stage of a run, and for a run that repeats one', async () => {
    const two = pipeline({ codebase: '{connectorRef: forge, repoName: app}' })
    const stages = `${two}${two.slice(two.indexOf('    - stage:')).replaceAll(': s\n', ': t\n')}`
    const first = placer()
    await runText(stages, { code: first.code, facts: forge })
    expect(first.asked.map(({ source }) => source.kind === 'repository' && source.revision)).toEqual([
      { kind: 'default' },
      { kind: 'branch', name: 'main', commit: 'abcdef0123456789' },
    ])
    const again = placer()
    const pinned = { commitSha: '0'.repeat(40), branch: 'main', sourceBranch: 'feature', targetBranch: 'main' }
    const steps = [echo('<+codebase.sourceBranch> to <+codebase.targetBranch> at <+codebase.commitSha>')]
    const { view } = await run({ codebase: '{connectorRef: forge, repoName: app}', steps }, { code: again.code, facts: { ...forge, pinned } })
    expect(again.asked[0]).toMatchObject({ source: { revision: { kind: 'branch', name: 'main', commit: pinned.commitSha } } })
    expect(view.step('s/after')?.tail[0]).toBe(`feature to main at ${pinned.commitSha}`)
  })
})

describe('GitClone steps', () => {
  const clone = (spec: string) => `- step: {identifier: c, name: c, type: GitClone, spec: ${spec}}`

  it('clone into a folder of their own, and give outputs', async () => {
    const { code, asked } = placer()
    const steps = [clone('{connectorRef: forge, repoName: other, build: {type: tag, spec: {tag: v1}}}'), echo('<+steps.c.output.outputVariables.commitSha>')]
    const { view, live } = await run({ clone: 'false', steps }, { code })
    expect(asked[0]).toMatchObject({ source: { repository: { url: 'https://git.example/other' }, revision: { kind: 'tag', name: 'v1' } } })
    expect(asked[0]?.into).toBeUndefined()
    expect(view.step('s/after')?.tail[0]).toBe('abcdef0123456789')
    expect(live.codebase).toBeUndefined()
  })

  it('are acted out on fake without anything being fetched', async () => {
    const { view } = await run({ clone: 'false', steps: [clone('{connectorRef: forge, repoName: other, build: {type: branch, spec: {branch: b}}}')] })
    expect(view.step('s/c')?.tail.join('\n')).toContain('https://git.example/other would be cloned here, branch b')
  })
})
