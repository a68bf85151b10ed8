/** What the sandbox is asked for when a step runs in an image, and where the image comes from. No process runs here. */
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { tempProject } from '../../../../../test/support/temp-project.ts'
import type { Diagnostic } from '../../../../base/diagnostic.ts'
import { isProblem, problem } from '../../../../base/problem.ts'
import { type Files, type Fixture, fixture } from '../../../../builder/build-fixture.ts'
import { type FakeSandbox, fakeSandbox } from '../../../../builder/exec/fake-sandbox-fixture.ts'
import { directoryStore } from '../../../../builder/store/directory.ts'
import type { Image } from '../../../../oci/views.ts'
import { plainUse } from '../../../../ports/registry-use.ts'
import type { ImageJob } from './image-job.ts'
import { imageSteps } from './run-in-image.ts'

const made: Fixture[] = []
afterEach(async () => {
  for (const one of made.splice(0)) await one.remove()
})

const files: Files = {
  'bin/sh': 'a shell',
  passwd: 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n',
  group: 'root:x:0:\napp:x:1001:\n',
}
const usual = 'FROM scratch\nCOPY bin/ /bin/\nCOPY passwd group /etc/\nENV PATH=/bin COLOUR=red\nUSER app\nENTRYPOINT ["/bin/sh"]\nCMD ["-l"]\n'

async function image(dockerfile = usual): Promise<Image> {
  const f = await fixture(files)
  made.push(f)
  return (await f.build(dockerfile)).image
}

function job(more: Partial<ImageJob> = {}, about: Partial<ImageJob['image']> = {}): ImageJob {
  const dir = tempProject().dir
  return {
    image: { reference: 'acme/base:1', pull: 'never', registry: plainUse, privileged: false, ...about },
    argvs: [['sh', '/run/slipway/wrapper']],
    env: [['COLOUR', 'blue']],
    binds: [{ source: dir, target: '/harness' }],
    owned: [],
    cwd: '/harness',
    output: { out: join(dir, 'out'), err: join(dir, 'err') },
    hosts: ['web'],
    ...more,
  }
}

async function run(asked: ImageJob, o: { readonly image?: Image; readonly sandbox?: FakeSandbox; readonly notes?: Diagnostic[] } = {}) {
  const { image: stored, sandbox = fakeSandbox(), notes = [] } = o
  const never = new AbortController().signal
  const steps = imageSteps({
    store: directoryStore(tempProject().dir),
    client: () => {
      throw new Error('no registry here')
    },
    platform: { os: 'linux', architecture: 'amd64' },
    stored: async (name) => {
      if (stored === undefined) throw problem('IMAGE_NOT_STORED', { name, known: 'none' })
      return stored
    },
    sandbox,
  })
  const end = await steps.run(asked, { signal: never, polite: never, note: (note) => notes.push(note) })
  return { end, asked: sandbox.jobs[0] }
}

describe('a step in an image', () => {
  it('gets the environment of the image, then its own, and a home', async () => {
    const { asked } = await run(job(), { image: await image() })
    expect(asked?.process.env).toEqual(['HOME=/home/app', 'PATH=/bin', 'COLOUR=blue'])
  })

  it('is the user of the image, or the one that it asks for', async () => {
    const base = await image()
    const ids = async (user?: string) => {
      const { asked } = await run(job({}, user === undefined ? {} : { user }), { image: base })
      return [asked?.process.uid, asked?.process.gid, asked?.process.groups]
    }
    expect(await ids()).toEqual([1000, 1001, [1001]])
    expect(await ids('0')).toEqual([0, 0, [0]])
    expect(await ids('7')).toEqual([7, 0, [0]])
  })

  it('starts the first of several programs that the image has', async () => {
    const { asked } = await run(
      job({
        argvs: [
          ['bash', 'x'],
          ['sh', 'x'],
        ],
      }),
      { image: await image() },
    )
    expect(asked?.process.args).toEqual(['sh', 'x'])
    const none = await run(job({ argvs: [['bash', 'x']] }), { image: await image() })
    expect([none.end, none.asked]).toEqual([{ kind: 'missing' }, undefined])
  })

  it('starts what the image starts when it names no program, and says so when there is nothing', async () => {
    const { asked } = await run(job({ argvs: [] }), { image: await image() })
    expect(asked?.process.args).toEqual(['/bin/sh', '-l'])
    const error = await run(job({ argvs: [] }), { image: await image('FROM scratch\nCOPY bin/ /bin/\n') }).catch((e: unknown) => e)
    expect(isProblem(error, 'STEP_IMAGE_WITHOUT_COMMAND')).toBe(true)
  })

  it('is supervised, on the network of this machine, and keeps its rights only where it is privileged', async () => {
    const notes: Diagnostic[] = []
    const base = await image()
    expect((await run(job(), { image: base, notes })).asked?.process).toMatchObject({ supervised: true, network: 'host', privileged: false })
    expect(notes).toEqual([])
    expect((await run(job({}, { privileged: true }), { image: base, notes })).asked?.process.privileged).toBe(true)
    expect(notes.map(({ code }) => code)).toEqual(['STEP_PRIVILEGED'])
  })

  it('finds its folders, and services by name, with links of the image followed', async () => {
    const f = await fixture({ ...files, 'tree/harness': ['/var/work'] })
    made.push(f)
    const { image: linked } = await f.build('FROM scratch\nCOPY bin/ /bin/\nCOPY tree/ /\nENV PATH=/bin\n')
    const { asked } = await run(job(), { image: linked })
    expect(asked?.mounts.map(({ kind, target }) => [kind, target])).toEqual([
      ['file', '/etc/resolv.conf'],
      ['file', '/etc/hosts'],
      ['folder', '/var/work'],
    ])
    const [hosts] =
      asked?.mounts.flatMap((mount) => (mount.kind === 'file' && mount.target === '/etc/hosts' ? [Buffer.from(mount.content).toString()] : [])) ?? []
    expect(hosts).toContain('127.0.0.1\tweb\n')
  })

  it('says why where steps cannot run in images', async () => {
    const error = await run(job(), { image: await image(), sandbox: fakeSandbox({ unable: 'no namespaces' }) }).catch((e: unknown) => e)
    expect(isProblem(error, 'STEP_IMAGE_IMPOSSIBLE') && error.message).toContain('no namespaces')
  })

  it('says that an image which is never pulled is not there', async () => {
    expect(isProblem(await run(job()).catch((e: unknown) => e), 'STEP_IMAGE_NOT_HERE')).toBe(true)
  })
})
