/** Whole builds without RUN: trees, configuration, history, cache and what is said when something is wrong. */
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isProblem, type Problem } from '../base/problem.ts'
import { validateImage } from '../oci/validate.ts'
import { type Files, type Fixture, fixture, layersOf, someTime } from './build-fixture.ts'
import { fakeSandbox } from './exec/fake-sandbox-fixture.ts'

const open: Fixture[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.remove()
})

async function start(files: Files = {}): Promise<Fixture> {
  const made = await fixture(files)
  open.push(made)
  return made
}

async function failure(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isProblem(error)) throw error ?? new Error('it should have failed')
  return error
}

const noSignal = { signal: new AbortController().signal }

describe('build', () => {
  it('copies files into an image that validates', async () => {
    const f = await start({ 'app/main.js': 'hello', 'app/lib/': '', 'app/link': ['main.js'] })
    const { image, layers } = await f.build('FROM scratch\nCOPY app /srv/app\nCMD ["/srv/app/main.js"]\n')
    expect(layers).toBe(1)
    expect(await layersOf(image)).toEqual([
      ['srv/ 755 0:0', 'srv/app/ 755 0:0', 'srv/app/lib/ 755 0:0', 'srv/app/link 777 0:0 -> main.js', 'srv/app/main.js 644 0:0 hello'],
    ])
    expect(await validateImage(image, noSignal)).toEqual([])
    expect(await image.config()).toEqual({
      created: '2023-11-14T22:13:20Z',
      os: 'linux',
      architecture: 'amd64',
      config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], WorkingDir: '/', Cmd: ['/srv/app/main.js'], ArgsEscaped: true },
      rootfs: { type: 'layers', diff_ids: [expect.stringMatching(/^sha256:/)] },
      history: [
        { created: '2023-11-14T22:13:20Z', created_by: 'COPY app /srv/app # buildkit', comment: 'buildkit.dockerfile.v0' },
        { created: '2023-11-14T22:13:20Z', created_by: 'CMD ["/srv/app/main.js"]', comment: 'buildkit.dockerfile.v0', empty_layer: true },
      ],
    })
  })

  it('gives the same digest twice, and takes the second from the cache', async () => {
    const f = await start({ a: '1', 'd/b': '2' })
    const text = 'FROM scratch\nCOPY . /x/\nWORKDIR /y\n'
    const first = await f.build(text)
    const second = await f.build(text)
    expect([first.cachedLayers, second.cachedLayers]).toEqual([0, 2])
    expect(await second.image.digest()).toBe(await first.image.digest())
    const fresh = await f.build(text, { noCache: true })
    expect(fresh.cachedLayers).toBe(0)
    expect(await fresh.image.digest()).toBe(await first.image.digest())
  })

  it('knows unchanged content by itself when all times are new, and changed content as changed', async () => {
    const f = await start({ a: '1' })
    await f.build('FROM scratch\nCOPY a /a\n')
    await writeFile(join(f.contextDir, 'a'), '1')
    expect((await f.build('FROM scratch\nCOPY a /a\n')).cachedLayers).toBe(1)
    await writeFile(join(f.contextDir, 'a'), '2')
    const changed = await f.build('FROM scratch\nCOPY a /a\n')
    expect(changed.cachedLayers).toBe(0)
    expect(await layersOf(changed.image)).toEqual([['a 644 0:0 2']])
  })

  it('gives equal digests for equal contents at other times when reproducible', async () => {
    const [f, g] = [await start({ 'd/a': '1' }), await start({ 'd/a': '1' })]
    await writeFile(join(g.contextDir, 'd', 'a'), '1')
    const text = 'FROM scratch\nWORKDIR /w\nCOPY d/ ./\n'
    const images = [await f.build(text, { reproducible: true, created: 0 }), await g.build(text, { reproducible: true, created: 0 })]
    expect(await images[0]?.image.digest()).toBe(await images[1]?.image.digest())
    expect((await images[0]?.image.config())?.created).toBe('1970-01-01T00:00:00Z')
  })

  it('leaves out what .dockerignore says', async () => {
    const f = await start({ 'keep.txt': 'k', 'node_modules/x/y': 'n', 'logs/a.log': 'l', 'logs/keep.log': 'm' })
    const dockerignore = { name: '.dockerignore', text: '# comment\nnode_modules\n**/*.log\n!logs/keep.log\n' }
    const { image } = await f.build('FROM scratch\nCOPY . /\n', { dockerignore })
    expect(await layersOf(image)).toEqual([['keep.txt 644 0:0 k', 'logs/ 755 0:0', 'logs/keep.log 644 0:0 m']])
  })

  it('builds only the stages that the target needs, and copies between them', async () => {
    const f = await start({ a: 'A' })
    const text = `FROM scratch AS Unused
COPY missing /
FROM scratch AS one
COPY a /made/a
FROM scratch
COPY --from=one /made/ /got/
COPY --from=1 --chown=7:8 /made/a /b
`
    const { image } = await f.build(text)
    expect(await layersOf(image)).toEqual([['got/ 755 0:0', 'got/a 644 0:0 A'], ['b 644 7:8 A']])
    expect(await layersOf((await f.build(text, { target: 'ONE' })).image)).toEqual([['made/ 755 0:0', 'made/a 644 0:0 A']])
  })

  it('goes on from an earlier stage with its configuration, arguments and triggers', async () => {
    const f = await start({ a: 'A', t: 'T' })
    const { image } = await f.build('ARG V=1\nFROM scratch AS base\nARG V\nENV N=$V\nONBUILD COPY t /t\nCOPY a /a\nFROM base\nENV M=${N}2\n', {
      args: new Map([['V', '5']]),
    })
    const config = await image.config()
    expect(config.config?.Env?.slice(1)).toEqual(['N=5', 'M=52'])
    expect(config.config?.OnBuild).toBeUndefined()
    expect(await layersOf(image)).toEqual([['a 644 0:0 A'], ['t 644 0:0 T']])
  })

  it('writes here-documents, expanded or as they are', async () => {
    const f = await start()
    const { image } = await f.build(
      'FROM scratch\nENV N=x\nCOPY <<one <<"two" /d/\n$N "q" \\$N\none\n$N\ntwo\nCOPY --chmod=755 <<-run /run.sh\n\t#!/bin/sh\nrun\n',
    )
    expect(await layersOf(image)).toEqual([['d/ 755 0:0', 'd/one 644 0:0 x "q" $N', 'd/two 644 0:0 $N'], ['run.sh 755 0:0 #!/bin/sh']])
    expect((await image.config()).history?.map((line) => line.created_by)).toEqual([
      'ENV N=x',
      'COPY <<one <<two /d/ # buildkit',
      'COPY --chmod=755 <<run /run.sh # buildkit',
    ])
  })

  it('says why RUN is not possible, before anything is built, at its place', async () => {
    const f = await start({ a: '1' })
    const sandbox = fakeSandbox({ unable: 'there is no overlay' })
    const error = await failure(f.build('FROM scratch\nCOPY a /\nRUN echo hi\n', { sandbox }))
    expect(error.diagnostic).toMatchObject({ code: 'BUILD_RUN_IMPOSSIBLE', at: { line: 3, col: 1 } })
    expect(error.message).toContain('there is no overlay')
    expect(await readdir(join(f.storeDir, 'blobs', 'sha256')).catch(() => [])).toEqual([])
  })

  it('names the source that is missing, with its place', async () => {
    const f = await start({ a: '1', secret: 's' })
    const error = await failure(f.build('FROM scratch\nCOPY a \\\n  gone.txt /x/\n'))
    expect(error.diagnostic).toMatchObject({ code: 'BUILD_SOURCE_MISSING', at: { line: 3, col: 3, endCol: 11 } })
    expect(error.message).toContain('gone.txt')
    const ignored = f.build('FROM scratch\nCOPY secret /\n', { dockerignore: { name: '.dockerignore', text: 'secret' } })
    expect((await failure(ignored)).code).toBe('BUILD_SOURCE_MISSING')
    expect((await failure(f.build('FROM scratch\nCOPY ../a/../../etc/passwd /\n'))).code).toBe('BUILD_SOURCE_MISSING')
  })

  it('reports all errors of the text at once', async () => {
    const f = await start()
    const error = await failure(f.build('FROM scratch\nRUNN x\nCOPY a\nENV =1\n'))
    expect([error.code, ...error.others.map((d) => d.code)]).toEqual(['DOCKERFILE_INSTRUCTION_UNKNOWN', 'DOCKERFILE_ARGUMENTS', 'DOCKERFILE_NAME_BLANK'])
  })

  it('tells what is doubtful, and fails on it where the file says so', async () => {
    const f = await start()
    await f.build('FROM scratch\nCMD x\n')
    expect(f.events.flatMap((event) => (event.kind === 'note' ? `${event.note.code} ${event.note.at?.line}` : []))).toEqual(['LINT_JSON_ARGS_RECOMMENDED 2'])
    expect((await failure(f.build('# check=error=true\nFROM scratch\nCMD x\n'))).code).toBe('LINT_JSON_ARGS_RECOMMENDED')
  })

  it('says what it cannot do yet', async () => {
    const f = await start()
    expect((await failure(f.build('FROM scratch\nRUN --security=insecure x\n'))).code).toBe('BUILD_NOT_SUPPORTED_YET')
    expect((await failure(f.build('FROM scratch\nRUN --device=gpu x\n'))).code).toBe('BUILD_NOT_SUPPORTED_YET')
  })

  it('stops on abort and leaves no half-written blob', async () => {
    const f = await start({ big: 'x'.repeat(3_000_000), other: 'y' })
    const abort = new AbortController()
    const emit = () => void setImmediate(() => abort.abort(new Error('enough')))
    await expect(f.build('FROM scratch\nCOPY . /\n', { signal: abort.signal, emit })).rejects.toThrow('enough')
    expect(await readdir(join(f.storeDir, 'ingest')).catch(() => [])).toEqual([])
    expect(await readdir(join(f.storeDir, 'blobs', 'sha256')).catch(() => [])).toEqual([])
  })

  it('warns of build arguments that nothing uses, and labels the image', async () => {
    const f = await start()
    const { image } = await f.build('FROM scratch\nLABEL a=1 b="two words"\n', { args: new Map([['NOPE', '1']]), labels: new Map([['b', '3']]) })
    expect(f.events.flatMap((event) => (event.kind === 'note' ? event.note.code : []))).toEqual(['BUILD_ARG_UNUSED'])
    expect((await image.config()).config?.Labels).toEqual({ a: '1', b: '3' })
    expect((await image.config()).created).toBe(new Date(someTime).toISOString().replace('.000', ''))
  })
})
