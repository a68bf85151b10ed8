/** RUN with a sandbox that runs nothing: what it is handed, what becomes of its changes, and when it is not asked at all. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { isProblem, type Problem } from '../base/problem.ts'
import { type Files, type Fixture, fixture, layersOf } from './build-fixture.ts'
import { checkBuild } from './check.ts'
import { type Fake, fakeSandbox } from './exec/fake-sandbox-fixture.ts'
import { directoryStore } from './store/directory.ts'

const open: Fixture[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.remove()
})

function wrote(file: string): number {
  writeFileSync(file, 'M', { mode: 0o644 })
  return 0
}

async function start(files: Files = {}, fake: Fake = {}) {
  const f = await fixture(files)
  open.push(f)
  const sandbox = fakeSandbox({ act: ({ upper }) => wrote(join(upper, 'made')), ...fake })
  const build = (text: string, o: Parameters<Fixture['build']>[1] = {}) => f.build(text, { sandbox, ...o })
  return { f, sandbox, build, logs: () => f.events.flatMap((event) => (event.kind === 'log' ? event.text : [])) }
}

async function failure(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isProblem(error)) throw error ?? new Error('it should have failed')
  return error
}

describe('RUN', () => {
  it('makes a layer of what the command changed', async () => {
    const { build, sandbox, f } = await start({ a: 'A' })
    const { image, layers } = await build('FROM scratch\nCOPY a /a\nRUN make it\n')
    expect(layers).toBe(2)
    expect((await layersOf(image))[1]?.map((line) => line.replace(/ \d+:\d+/, ''))).toEqual(['made 644 M'])
    expect(sandbox.jobs[0]?.process).toMatchObject({ args: ['/bin/sh', '-c', 'make it'], cwd: '/', uid: 0, gid: 0, groups: [0], network: 'host' })
    expect(sandbox.jobs[0]?.lowers).toHaveLength(1)
    expect((await image.config()).history?.at(-1)?.created_by).toBe('RUN /bin/sh -c make it # buildkit')
    expect(readdirSync(join(f.storeDir, 'build', 'runs'))).toEqual([])
  })

  it('hands over ENV and ARG, the later of both, and PATH and HOME always', async () => {
    const { build, sandbox } = await start()
    const text = 'FROM scratch\nARG A=1\nENV B=2 C=$A\nARG C=arg\nARG NONE\nWORKDIR /w\nUSER 7:8\nRUN x\n'
    await build(text, { args: new Map([['HTTP_PROXY', 'http://p']]) })
    const { env, ...process } = sandbox.jobs[0]?.process ?? { env: [] }
    expect(env).toEqual(['HTTP_PROXY=http://p', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'B=2', 'C=arg', 'A=1', 'HOME=/'])
    expect(process).toMatchObject({ cwd: '/w', uid: 7, gid: 8 })
  })

  it('finds user and groups by name in the files of the image', async () => {
    const { build, sandbox } = await start({ passwd: 'app:x:5:6::/home/app:/bin/sh\n', group: 'app:x:6:\nstaff:x:50:x,app\n' })
    await build('FROM scratch\nCOPY passwd group /etc/\nUSER app\nRUN x\nUSER app:staff\nRUN x\nUSER 5\nRUN x\n')
    const users = sandbox.jobs.map(({ process: { uid, gid, groups, env } }) => [uid, gid, groups, env.at(-1)])
    expect(users).toEqual([
      [5, 6, [6, 50], 'HOME=/home/app'],
      [5, 50, [50], 'HOME=/home/app'],
      [5, 6, [6, 50], 'HOME=/home/app'],
    ])
    expect((await failure(build('FROM scratch\nUSER who\nRUN x\n'))).code).toBe('BUILD_OWNER_UNKNOWN')
  })

  it('is not run again when nothing below it, in it or around it has changed', async () => {
    const { build, sandbox, f } = await start({ a: '1', b: '2' })
    const text = 'FROM scratch\nCOPY a /a\nRUN one\nCOPY b /b\nRUN two\n'
    const first = await build(text)
    const second = await build(text)
    expect([sandbox.jobs.length, second.cachedLayers]).toEqual([2, 4])
    expect(await second.image.digest()).toBe(await first.image.digest())
    expect(f.events.filter((event) => event.kind === 'end' && event.state === 'cached')).toHaveLength(4)
    writeFileSync(join(f.contextDir, 'b'), '3')
    await build(text)
    expect(sandbox.jobs).toHaveLength(3)
    await build(text.replace('RUN one', 'ENV X=1\nRUN one'))
    expect(sandbox.jobs).toHaveLength(5)
    await build(text, { noCache: true })
    expect(sandbox.jobs).toHaveLength(7)
  })

  it('is run once for builds at the same time, and by the next of them when it failed', async () => {
    let tries = 0
    const { build, sandbox } = await start({}, { act: ({ upper }) => (++tries === 1 ? 7 : wrote(join(upper, 'made'))) })
    const text = (n: number) => `FROM scratch\nRUN common\nENV N=${n}\nRUN own\n`
    const ended = await Promise.allSettled([1, 2, 3, 4].map((n) => build(text(n))))
    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
    expect(sandbox.jobs.map(({ process }) => process.args.at(-1)).toSorted()).toEqual(['common', 'common', 'own', 'own', 'own'])
  })

  it('is not run again for the sake of a proxy or a secret, but for a build argument', async () => {
    const { build, sandbox } = await start()
    const text = 'FROM scratch\nARG V\nRUN --mount=type=secret,id=s x\n'
    const secret = (value: string) => ({ secrets: new Map([['s', Buffer.from(value)]]) })
    await build(text, secret('one'))
    await build(text, { ...secret('two'), args: new Map([['http_proxy', 'p']]) })
    expect(sandbox.jobs).toHaveLength(1)
    await build(text, { args: new Map([['V', '1']]) })
    expect(sandbox.jobs).toHaveLength(2)
  })

  it('forgets a result of which neither folder nor blob is left', async () => {
    const { build, sandbox, f } = await start()
    await build('FROM scratch\nRUN x\n')
    rmSync(join(f.storeDir, 'build', 'snapshots'), { recursive: true })
    await build('FROM scratch\nRUN x\n')
    expect(sandbox.jobs).toHaveLength(1)
    rmSync(join(f.storeDir, 'blobs'), { recursive: true })
    rmSync(join(f.storeDir, 'build', 'snapshots'), { recursive: true, force: true })
    await build('FROM scratch\nRUN x\n')
    expect(sandbox.jobs).toHaveLength(2)
  })

  it('says which command failed, where, with what it wrote last', async () => {
    const act: Fake['act'] = (_job, { onOutput }) => {
      onOutput(Buffer.from(Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('')))
      onOutput(Buffer.from('no end'))
      return 3
    }
    const { build, f, logs } = await start({}, { act })
    const error = await failure(build('FROM scratch\n\nRUN bad \\\n  command\n'))
    expect(error.diagnostic).toMatchObject({ code: 'BUILD_RUN_FAILED', at: { line: 3, col: 1 } })
    expect(error.message).toMatch(/^\/bin\/sh -c bad {3}command ended with exit code 3\.$/)
    expect(logs().slice(-31)).toEqual([...Array.from({ length: 30 }, (_, i) => `line ${i}`), 'no end'])
    expect(readdirSync(join(f.storeDir, 'build', 'runs'))).toEqual([])
    expect(
      (
        await failure(
          build('FROM scratch\nRUN ["none"]\n', { sandbox: fakeSandbox({ act: () => ({ kind: 'unable', what: 'execute none', error: 'ENOENT' }) }) }),
        )
      ).code,
    ).toBe('BUILD_RUN_NOT_STARTED')
  })

  it('leaves nothing when it is aborted', async () => {
    const abort = new AbortController()
    const act: Fake['act'] = (_job, { signal }) => {
      abort.abort(new Error('enough'))
      return pause(5000, 0, { signal }).catch(() => 0)
    }
    const { build, f } = await start({}, { act })
    await expect(build('FROM scratch\nRUN x\n', { signal: abort.signal })).rejects.toThrow('enough')
    expect(readdirSync(join(f.storeDir, 'build', 'runs'))).toEqual([])
  })

  it('takes away what was only there to mount on, and keeps what the command put there', async () => {
    const act: Fake['act'] = ({ upper }) => {
      for (const folder of ['proc', 'sys', 'dev', 'etc', 'mnt/deep', 'kept']) mkdirSync(join(upper, folder), { recursive: true, mode: 0o755 })
      for (const file of ['etc/hosts', 'etc/resolv.conf', 'kept/by-command']) writeFileSync(join(upper, file), '', { mode: 0o644 })
      return 0
    }
    const { build } = await start({}, { act })
    const { image } = await build('FROM scratch\nRUN --mount=type=tmpfs,target=/mnt/deep --mount=type=tmpfs,target=/kept x\n')
    expect((await layersOf(image))[0]?.map((line) => line.split(' ')[0])).toEqual(['kept/', 'kept/by-command'])
  })

  it('opens files of other stages and of later instructions', async () => {
    const { build } = await start()
    const { image } = await build('FROM scratch AS one\nRUN x\nFROM scratch AS two\nCOPY --from=one /made /got\nFROM two\nRUN y\nCOPY --from=one /made /made\n')
    expect((await layersOf(image)).map((lines) => lines[0]?.split(' ')[0])).toEqual(['got', 'made', 'made'])
  })

  it('is spoken against before the build where it is not possible', async () => {
    const { f } = await start()
    const check = (text: string, fake: Fake = {}) => {
      const request = { contextDir: f.contextDir, dockerfile: { name: 'Dockerfile', text }, args: new Map(), labels: new Map() }
      const rest = { platform: { os: 'linux', architecture: 'amd64' }, created: 0, reproducible: false, noCache: false } as const
      const o = { store: directoryStore(f.storeDir), sandbox: fakeSandbox(fake), signal: new AbortController().signal }
      return checkBuild({ ...request, ...rest }, o)
    }
    expect(await check('FROM scratch\nRUN x\n')).toEqual([])
    expect(await check('FROM scratch\nLABEL a=1\n', { unable: 'no' })).toEqual([])
    expect(await check('FROM scratch\nRUN x\n', { unable: 'no' })).toMatchObject([{ code: 'BUILD_RUN_IMPOSSIBLE', at: { line: 2 } }])
  })

  it('refuses what the sandbox will not do, at its place', async () => {
    const { build } = await start()
    expect((await failure(build('FROM scratch\nRUN --security=insecure x\n'))).diagnostic).toMatchObject({
      code: 'BUILD_NOT_SUPPORTED_YET',
      at: { line: 2, col: 5 },
    })
    const missing = await failure(build('FROM scratch\nRUN --mount=type=secret,id=s,required x\n'))
    expect([missing.code, missing.diagnostic.hint]).toEqual(['BUILD_SECRET_MISSING', 'Give it with --secret id=s,...'])
    expect((await failure(build('FROM scratch\nRUN --mount=source=none,target=/x y\n'))).code).toBe('BUILD_SOURCE_MISSING')
  })
})
