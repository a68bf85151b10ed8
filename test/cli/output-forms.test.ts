/** The forms in which a run is shown, on the screen and in files beside it. */
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const pipeline = `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          runtime: {type: Cloud}
          execution:
            steps:
              - step: {identifier: a, name: a, type: Run, spec: {command: echo the words; exit 3}}
              - step: {identifier: b, name: b, type: Run, spec: {command: echo later}}
`

describe('slipway run --output', { timeout: 60_000 }, () => {
  it('writes JUnit to the screen, and nothing else', async () => {
    const ran = await testWorld({ cwd: tempProject({ 'p.yaml': pipeline }).dir }).run('run', 'p.yaml', '--output', 'junit')
    expect(ran.code).toBe(1)
    new SaxesParser().write(ran.out).close()
    expect(ran.out).toMatch(/^<\?xml/)
    expect(ran.out).toContain('<failure message="the command ended with exit code 3"')
    expect(ran.out).toContain('<system-out>the words</system-out>')
  })

  it('writes files beside what is shown', async () => {
    const { dir, read } = tempProject({ 'p.yaml': pipeline })
    const ran = await testWorld({ cwd: dir }).run('run', 'p.yaml', '--output', 'junit=r.xml', '--output', 'ndjson=r.ndjson', '--output', 'plain=r=1.log')
    expect(ran.out).toContain('run 1 failed')
    expect(read('r.xml')).toContain('<testsuites name="p" tests="2" failures="1" errors="0" skipped="1"')
    const kinds = read('r.ndjson')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: { kind: string } }).event.kind)
    expect([kinds.at(0), kinds.at(-1)]).toEqual(['run.started', 'run.finished'])
    expect(read('r=1.log')).toContain('[s/a] the words')
  })

  it.each(['xml', 'auto=x', 'junit='])('refuses %s', async (form) => {
    const ran = await testWorld({ cwd: tempProject({ 'p.yaml': pipeline }).dir }).run('run', 'p.yaml', '--output', form)
    expect(ran.code).toBe(2)
    expect(ran.err).toContain('Known are auto, plain, ndjson, junit')
  })

  it('says before anything runs that a file cannot be written', async () => {
    const ran = await testWorld({ cwd: tempProject({ 'p.yaml': pipeline }).dir }).run('run', 'p.yaml', '--output', 'junit=nowhere/r.xml')
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('FILE_UNWRITABLE')
    expect(ran.out).toBe('')
  })
})

describe('slipway run', { timeout: 60_000 }, () => {
  const good = pipeline.replace('; exit 3', '')

  it('--quiet says nothing but the closing words', async () => {
    const ran = await testWorld({ cwd: tempProject({ 'p.yaml': good }).dir }).run('run', 'p.yaml', '--quiet')
    expect([ran.code, ran.err]).toEqual([0, ''])
    expect(ran.out).toMatch(/^✔ run 1 passed in .*2 steps\n$/)
  })

  it('--quiet says of a failure where it is, what was said last and how to go on', async () => {
    const ran = await testWorld({ cwd: tempProject({ 'p.yaml': pipeline }).dir }).run('run', 'p.yaml', '--quiet')
    expect(ran.code).toBe(1)
    for (const text of ['p.yaml:13', 'the command ended with exit code 3', 'the words', 'slipway runs rerun', 'run 1 failed']) expect(ran.out).toContain(text)
    expect(ran.out).not.toContain('runs a script')
  })

  it('--quiet leaves alone what programs read', async () => {
    const ran = await testWorld({ cwd: tempProject({ 'p.yaml': good }).dir }).run('run', 'p.yaml', '--quiet', '--output', 'ndjson', '--on', 'fake')
    expect(ran.out.split('\n').length).toBeGreaterThan(5)
  })

  it('--verbose shows the plan with its reasons, and the lines', async () => {
    const image = 'type: BuildAndPushDockerRegistry, spec: {connectorRef: c, repo: acme/app, tags: [a]}'
    const { dir } = tempProject({ 'p.yaml': good.replace('type: Run, spec: {command: echo later}', image) })
    const ran = await testWorld({ cwd: dir }).run('run', 'p.yaml', '--verbose', '--on', 'fake')
    expect(ran.code).toBe(0)
    expect(ran.err).toContain('pipeline p (p)')
    expect(ran.err).toMatch(/engine.*embedded/)
    expect(ran.out).toContain('[s/a] ')
  })

  it('is either quiet or verbose', async () => {
    const ran = await testWorld({ cwd: tempProject({ 'p.yaml': good }).dir }).run('run', 'p.yaml', '--quiet', '--verbose')
    expect(ran.code).toBe(2)
  })
})
