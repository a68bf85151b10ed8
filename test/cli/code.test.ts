/** Which code a stage sees, by what the command line and the pipeline say. */
import { describe, expect, it } from 'vitest'
import { gitHere, repositoryAt } from '../support/git-repositories.ts'
import { type TempProject, tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

function pipelineText(codebase = ''): string {
  return `pipeline:
  identifier: p
  name: p
${codebase}  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          cloneCodebase: true
          platform: {os: Linux}
          execution:
            steps:
              - step: {identifier: look, name: look, type: Run, spec: {command: "cat a.txt; git log --format=%s 2>/dev/null || true; echo 'on <+codebase.branch> at <+codebase.shortCommitSha>'"}}
`
}

/** A work tree with two commits, and a change that is not committed. */
function workTree(codebase?: string): { readonly project: TempProject; readonly commit: string } {
  const project = tempProject({ 'pipeline.yaml': pipelineText(codebase) })
  const repository = repositoryAt(project.dir)
  repository.commit({ 'a.txt': 'one\n' }, 'first')
  const commit = repository.commit({ 'a.txt': 'two\n' }, 'second').slice(0, 7)
  project.write({ 'a.txt': 'changed\n' })
  return { project, commit }
}

async function ran(project: TempProject, ...args: readonly string[]) {
  return testWorld({ cwd: project.dir }).run('run', 'pipeline.yaml', '--output', 'plain', ...args)
}

describe('the code under build', { ...gitHere, timeout: 60_000 }, () => {
  it('is a copy of the work tree as it is, without its history, in a step of its own', async () => {
    const { project, commit } = workTree()
    const { code, out, err } = await ran(project)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/copied 2 files of .* \(main at [0-9a-f]{7}, with what is not committed yet\)/)
    expect(out).toContain('changed')
    expect(out).not.toContain('second')
    expect(out).toContain(`on main at ${commit}`)
  })

  it('is what is committed, with --clone', async () => {
    const { project, commit } = workTree()
    const { code, out } = await ran(project, '--clone')
    expect(code).toBe(0)
    expect(out).toContain('two')
    expect(out).toMatch(/second\s.*first/s)
    expect(out).not.toContain('changed')
    expect(out).toContain(`on main at ${commit}`)
    expect(project.read('a.txt')).toBe('changed\n')
  })

  it('is another folder, with --codebase', async () => {
    const { project } = workTree()
    const other = tempProject({ 'a.txt': 'from elsewhere\n' })
    const { code, out } = await ran(project, '--codebase', other.dir)
    expect(code).toBe(0)
    expect(out).toContain('from elsewhere')
    expect(out).toContain('on null at null')
    const { out: shown } = await testWorld({ cwd: project.dir }).run('plan', 'pipeline.yaml', '--codebase', other.dir, '--json')
    expect(shown).toContain('"work-tree"')
  })

  it('is copied, with a warning, where a connector is named that nobody defines', async () => {
    const { project } = workTree('  properties: {ci: {codebase: {connectorRef: forge, repoName: app}}}\n')
    const { code, out, err } = await ran(project)
    expect(code).toBe(0)
    expect(err).toContain('CODEBASE_NOT_CLONED')
    expect(out).toContain('changed')
    const meant = await ran(project, '--codebase', '.')
    expect([meant.code, meant.err]).toEqual([0, ''])
  })

  it('says in a plan what would be cloned, and what is known only then', async () => {
    const { project } = workTree('  properties: {ci: {codebase: {connectorRef: forge, repoName: app, build: {type: tag, spec: {tag: v1}}}}}\n')
    project.write({
      '.slipway/config.yaml':
        'connectors:\n  - connector: {identifier: forge, name: forge, type: Gitlab, spec: {url: "https://git.example/acme", type: Account}}\n',
    })
    const { code, out } = await testWorld({ cwd: project.dir }).run('plan', 'pipeline.yaml')
    expect(code).toBe(0)
    expect(out).toContain('clones https://git.example/acme/app, tag v1')
    expect(out).toContain('with the last 50 commits')
    expect(out).toContain('known after the clone of the code')
  })
})
