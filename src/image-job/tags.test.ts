import { describe, expect, it } from 'vitest'
import { autoTags } from './auto-tags.ts'
import { expandTag, tagsOfFile } from './expand-tags.ts'
import { at, codesOf, job, plan, settingsOf, type Vars } from './job.testing.ts'

const main = 'main'

describe('auto tags', () => {
  it.each([
    ['refs/tags/v1.0.0', '', ['1', '1.0', '1.0.0']],
    ['refs/tags/1.2.3', '', ['1', '1.2', '1.2.3']],
    ['refs/tags/0.9.0', '', ['0.9', '0.9.0']],
    ['refs/tags/v18.06.0', '', ['18', '18.06', '18.06.0']],
    ['refs/tags/v1.0.0-alpha.1', '', ['1.0.0-alpha.1']],
    ['refs/tags/v1.0.0+b5', '', ['1.0.0_b5']],
    ['refs/heads/main', '', ['latest']],
    ['main', '', ['latest']],
    ['refs/heads/main', 'linux-amd64', ['linux-amd64']],
    ['refs/tags/v1.0.0', 'linux-amd64', ['1-linux-amd64', '1.0-linux-amd64', '1.0.0-linux-amd64']],
    ['refs/tags/v1.0.0-rc.1', 'x', ['1.0.0-rc.1-x']],
  ])('%s with suffix %j gives %j', (commitRef, suffix, tags) => {
    expect(autoTags({ commitRef, defaultBranch: main }, suffix)).toEqual({ kind: 'tags', tags })
  })

  it.each(['refs/tags/x1.0.0', 'refs/tags/20190203', 'refs/tags/1.0', 'refs/tags/'])('%s is no version', (commitRef) => {
    expect(autoTags({ commitRef, defaultBranch: main })).toEqual({ kind: 'wrong', ref: commitRef })
  })

  it.each(['refs/heads/develop', 'refs/pull/7/head', 'feature/main'])('%s is skipped, with the reason', (commitRef) => {
    expect(autoTags({ commitRef, defaultBranch: main })).toMatchObject({ kind: 'skip', because: expect.stringContaining(commitRef) })
  })
})

describe('expanded tags', () => {
  it.each([
    ['1.2.3', ['1', '1.2', '1.2.3']],
    ['v1.2.3', ['1', '1.2', '1.2.3']],
    ['v1', ['1', '1.0', '1.0.0']],
    ['1.2', ['1', '1.2', '1.2.0']],
    ['18.06.0', ['18', '18.06', '18.06.0']],
    ['1.2.3-rc.1', ['1.2.3-rc.1']],
    ['1.2.3_rc.1', ['1.2.3-rc.1']],
    ['1.2.3+b', ['1_b', '1.2_b', '1.2.3_b']],
    ['latest', ['latest']],
    ['main-42', ['main-42']],
  ])('%s gives %j', (tag, tags) => {
    expect(expandTag(tag)).toEqual(tags)
  })

  it('reads a .tags file', () => {
    expect(tagsOfFile('1.2, latest\n')).toEqual(['1.2', 'latest'])
  })
})

describe('the tags of a job', () => {
  const names = (vars: Vars, context = {}) => {
    const [output] = job(settingsOf({ PLUGIN_REPO: 'acme/app', ...vars }), context).outputs
    return output?.kind === 'registry' && output.refs.kind === 'known' ? output.refs.value : undefined
  }

  it('default to latest, also when the list is empty', () => {
    expect(names({})).toEqual(['acme/app:latest'])
    expect(names({ PLUGIN_TAGS: '' })).toEqual(['acme/app:latest'])
  })

  it('are each put behind the repository, once', () => {
    expect(names({ PLUGIN_TAGS: '1, 2,1' })).toEqual(['acme/app:1', 'acme/app:2'])
    expect(names({ PLUGIN_TAGS: '1.2.3,latest', PLUGIN_EXPAND_TAG: 'true' })).toEqual(['acme/app:1', 'acme/app:1.2', 'acme/app:1.2.3', 'acme/app:latest'])
  })

  it('come from git when asked, from the variables or from the run', () => {
    expect(names({ PLUGIN_AUTO_TAG: 'true', DRONE_COMMIT_REF: 'refs/tags/v2.0.0', DRONE_REPO_BRANCH: main })).toEqual([
      'acme/app:2',
      'acme/app:2.0',
      'acme/app:2.0.0',
    ])
    expect(names({ PLUGIN_DEFAULT_TAGS: 'true', PLUGIN_DEFAULT_SUFFIX: 'arm64' }, { commitRef: 'refs/heads/main', defaultBranch: main })).toEqual([
      'acme/app:arm64',
    ])
  })

  it.each([
    [{ PLUGIN_AUTO_TAG: 'true', PLUGIN_TAGS: '1.0' }, 'JOB_AUTO_TAG_AND_TAGS'],
    [{ PLUGIN_AUTO_TAG: 'true', PLUGIN_EXPAND_TAG: 'true' }, 'JOB_AUTO_TAG_AND_EXPAND'],
    [{ PLUGIN_AUTO_TAG: 'true', DRONE_COMMIT_REF: 'refs/tags/x1' }, 'JOB_AUTO_TAG_NO_VERSION'],
    [{ PLUGIN_AUTO_TAG: 'true' }, 'JOB_AUTO_TAG_WITHOUT_GIT'],
    [{ PLUGIN_AUTO_TAG: 'true', PLUGIN_AUTO_TAG_STRICT: 'true', DRONE_COMMIT_REF: 'refs/heads/x', DRONE_REPO_BRANCH: main }, 'JOB_OFF_BRANCH'],
    [{ PLUGIN_TAGS: '-9abc' }, 'TAG_INVALID'],
    [{ PLUGIN_TAGS: 'a b' }, 'TAG_INVALID'],
    [{ PLUGIN_TAGS: 'x'.repeat(129) }, 'TAG_INVALID'],
    [{ PLUGIN_REPO: 'Acme/App' }, 'REF_INVALID'],
  ])('%j is %s', (vars, code) => {
    const checked = plan(settingsOf({ PLUGIN_REPO: 'acme/app', ...(vars as Vars) }))
    expect(checked.ok).toBe(false)
    expect(checked.diagnostics).toMatchObject([{ code, at, hint: expect.any(String) }])
  })

  it.each([
    [{ PLUGIN_TAGS: 'a,b c,d' }, ['"b c" is not a tag', '(item 2 of the 3 tags)']],
    [{ PLUGIN_TAGS: 'a,1.2.3,-c', PLUGIN_EXPAND_TAG: 'true' }, ['"-c" is not a tag', '(item 3 of the 3 tags)']],
    [
      { PLUGIN_AUTO_TAG: 'true', PLUGIN_AUTO_TAG_SUFFIX: 'a b', DRONE_COMMIT_REF: 'refs/tags/v1.0.0' },
      ['"1-a b" is not a tag', '(made from refs/tags/v1.0.0)'],
    ],
  ] as const)('%j says which of them is wrong', (vars, parts) => {
    const [found] = plan(settingsOf({ PLUGIN_REPO: 'acme/app', ...(vars as Vars) })).diagnostics
    expect(found).toMatchObject({ code: 'TAG_INVALID', at })
    for (const part of parts) expect(found?.message).toContain(part)
  })

  it('do not count when there is one', () => {
    expect(plan(settingsOf({ PLUGIN_REPO: 'acme/app', PLUGIN_TAGS: '-a' })).diagnostics[0]?.message).not.toContain('item')
  })

  it('allow exactly latest beside auto tagging', () => {
    expect(names({ PLUGIN_AUTO_TAG: 'true', PLUGIN_TAGS: 'latest', DRONE_COMMIT_REF: 'refs/heads/main', DRONE_REPO_BRANCH: main })).toEqual(['acme/app:latest'])
  })

  it('skip the step off the default branch', () => {
    const checked = plan(settingsOf({ PLUGIN_REPO: 'a/b', PLUGIN_AUTO_TAG: 'true', DRONE_COMMIT_REF: 'refs/heads/x', DRONE_REPO_BRANCH: main }))
    expect(checked).toMatchObject({ ok: true, value: { kind: 'skip', because: expect.stringContaining('refs/heads/x') } })
    expect(codesOf(checked)).toEqual([])
  })

  it('say once what is wrong with a repository, whatever the number of tags', () => {
    expect(codesOf(plan(settingsOf({ PLUGIN_REPO: 'A/b', PLUGIN_TAGS: '1,2,3' })))).toEqual(['REF_INVALID'])
  })

  it('wait when they are not known yet', () => {
    const tags = { value: { kind: 'deferred', source: '<+x>', until: 'step x' }, origin: { kind: 'yaml', name: 'tags' } } as const
    expect(job({ ...settingsOf({ PLUGIN_REPO: 'a/b' }), tags }).outputs[0]).toMatchObject({ kind: 'registry', refs: { kind: 'deferred' } })
  })
})
