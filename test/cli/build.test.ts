/** `slipway build` as docker build's users know it: flags, outputs, forms of progress, and how failures are told. */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { entriesOfTar } from '../support/entries-of-tar.ts'
import { gnuTar } from '../support/gnu-tar.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const dockerfile = `FROM scratch AS one
WORKDIR /w
COPY --chmod=640 a.txt /w/a.txt
FROM scratch AS two
COPY --from=one /w/a.txt /b.txt
ADD a.txt /
`

function project(files: Readonly<Record<string, string>> = {}) {
  const made = tempProject({ 'ctx/Dockerfile': dockerfile, 'ctx/a.txt': 'hello', ...files })
  return { ...made, world: testWorld({ cwd: made.dir, env: { NO_COLOR: '1' } }) }
}

interface Told {
  readonly at: number
  readonly kind: string
  readonly step?: number
  readonly title?: string
  readonly state?: string
}

describe('slipway build', () => {
  it('tells its steps as BuildKit does, and what was cached', async () => {
    const { world } = project()
    const { err } = await world.run('build', 'ctx')
    expect(err).toMatch(/^#1 \[one 1\/2\] WORKDIR \/w\n/)
    expect(err).toContain('#2 [one 2/2] COPY --chmod=640 a.txt /w/a.txt\n#2 DONE 0.')
    expect(err).toMatch(/#3 \[two 1\/2\] COPY --from=one \/w\/a.txt \/b.txt\n/)
    expect(err).toMatch(/#\d exporting layers\n/)
    expect((await world.run('build', 'ctx')).err).toMatch(/#\d CACHED\n/)
  })

  it('tells programs in JSON, one event a line, with times', async () => {
    const { world } = project()
    const { err, out } = await world.run('build', '--progress', 'json', 'ctx')
    const events = err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Told)
    expect(events[0]).toEqual({ at: expect.any(Number), kind: 'step', step: 1, title: '[one 1/2] WORKDIR /w' })
    const begun = events.filter(({ kind }) => kind === 'step').map(({ step }) => step)
    const ended = events.filter(({ kind }) => kind === 'end').map(({ step }) => step)
    expect(ended.toSorted()).toEqual(begun)
    expect(out).toMatch(/^sha256:/)
  })

  it('is quiet when asked', async () => {
    const { world } = project()
    const { err, out } = await world.run('build', '-q', 'ctx')
    expect([err, out]).toEqual(['', expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/)])
  })

  it('stops at a target, and writes files as a folder or a tar', async () => {
    const { world, path, read } = project()
    expect((await world.run('build', '--target', 'one', '-o', 'out', 'ctx')).code).toBe(0)
    expect([read('out/w/a.txt'), statSync(path('out/w/a.txt')).mode & 0o777]).toEqual(['hello', 0o640])
    expect((await world.run('build', '-o', 'type=tar,dest=two.tar', 'ctx')).code).toBe(0)
    expect(await entriesOfTar(readFileSync(path('two.tar')))).toEqual(['a.txt 644', 'b.txt 640'])
  })

  it('builds for several platforms into one index', async () => {
    const { world } = project()
    const { code, err } = await world.run('build', '--platform', 'linux/amd64,arm64', '-t', 'acme/app:1', 'ctx')
    expect([code, err]).toEqual([0, expect.stringContaining('[linux/arm64 two 1/2] COPY')])
    const shown = (await world.run('inspect', 'acme/app:1', '--json')).out
    expect(shown).toContain('linux/arm64')
  })

  it('writes digests, descriptor and names for other programs, and annotations into the manifest', async () => {
    const { world, read } = project()
    const { out } = await world.run('build', '-t', 'acme/app:1', '--annotation', 'a=b', '--metadata-file', 'm.json', '-o', 'type=oci,dest=l,tar=false', 'ctx')
    const digest = out.trim()
    const metadata = JSON.parse(read('m.json')) as Record<string, unknown>
    expect(metadata).toMatchObject({ 'containerimage.digest': digest, 'containerimage.descriptor': { digest }, 'image.name': 'docker.io/acme/app:1' })
    expect(JSON.parse(read(`l/blobs/sha256/${digest.slice(7)}`))).toMatchObject({ annotations: { a: 'b' } })
  })

  it('takes its context and its Dockerfile from standard input, and more contexts by name', gnuTar, async () => {
    const { dir, path } = project({ 'more/b.txt': 'B' })
    const from = (text: string | Uint8Array) => testWorld({ cwd: dir, stdin: () => Readable.from([Buffer.from(text)], { objectMode: false }) })
    const tarred = execFileSync('tar', ['-C', path('ctx'), '-c', '.'])
    expect((await from(tarred).run('build', '-o', 'out1', '-')).code).toBe(0)
    expect(readFileSync(path('out1/b.txt'), 'utf8')).toBe('hello')
    const lone = 'FROM more AS x\nFROM scratch\nCOPY --from=more b.txt /\n'
    expect((await from(lone).run('build', '-o', 'out2', '--build-context', 'more=more', '-')).code).toBe(0)
    expect(readFileSync(path('out2/b.txt'), 'utf8')).toBe('B')
    expect((await from('FROM scratch\nCOPY a.txt /z\n').run('build', '-o', 'out3', '-f', '-', 'ctx')).code).toBe(0)
    expect(readFileSync(path('out3/z'), 'utf8')).toBe('hello')
    expect((await from('').run('build', '-f', '-', '-')).err).toContain('standard input is the context already')
    expect((await from('').run('build', '--build-context', 'x', 'ctx')).err).toContain('it is no NAME=PLACE')
    expect((await from('').run('build', 'nowhere')).err).toContain('there is no such folder')
  })

  it('uses an OCI layout in the place of a base image', async () => {
    const { world, path } = project({ 'on/Dockerfile': 'FROM base\nLABEL a=b\n' })
    await world.run('build', '-t', 'acme/base:1', '-o', 'type=oci,dest=layout,tar=false', 'ctx')
    const built = await world.run('build', '--build-context', 'base=oci-layout://layout:1', '-o', 'files', 'on')
    expect([built.code, readFileSync(path('files/b.txt'), 'utf8')]).toEqual([0, 'hello'])
  })

  it('checks and outlines a Dockerfile without building it', async () => {
    const { world } = project({ 'bad/Dockerfile': 'from scratch as x\nCOPY a /\nARG V=1\nMAINTAINER me\n' })
    expect(await world.run('build', '--check', 'ctx')).toMatchObject({ code: 0, out: 'Check complete, no warnings found.\n' })
    const bad = await world.run('build', '--check', 'bad')
    expect([bad.code, bad.out]).toEqual([1, expect.stringMatching(/Check complete, \d+ warnings found!/)])
    expect(bad.err).toContain('MAINTAINER')
    expect((await world.run('build', '--call', 'targets', 'ctx')).out).toBe('one\ntwo (default)\n')
    expect((await world.run('build', '--call', 'outline', 'bad')).out).toBe('target: x\nbuild argument: V=1\n')
  })

  it('ends a failure with the lines of the Dockerfile and the error', async () => {
    const { world } = project({ 'ctx/Dockerfile': 'FROM scratch\nCOPY nothing /\n' })
    const { code, err } = await world.run('build', 'ctx')
    expect(code).toBe(1)
    expect(err).toContain('#1 ERROR: ')
    expect(err).toContain('------\n > [1/1] COPY nothing /:\n------\nDockerfile:2\n--------------------\n   1 |     FROM scratch\n   2 | >>> COPY nothing /\n')
    expect(err).toContain('[BUILD_SOURCE_MISSING]')
  })

  it('suggests flags, and refuses wrong values before it begins', async () => {
    const { world } = project()
    const wrong = await world.run('build', '--build-ar', 'a=b', 'ctx')
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('Did you mean --build-arg?')])
    expect((await world.run('build', '--ulimit', 'nofile=1', 'ctx')).err).toContain('[BUILD_FLAG_REFUSED]')
    expect((await world.run('build', '--progress', 'pretty', 'ctx')).code).toBe(2)
    expect((await world.run('build', '--secret', 'id=a,env=NOWHERE', 'ctx')).err).toContain('[BUILD_SECRET_SOURCE]')
  })
})
