/** The engine buildx with a real daemon, on both kinds of image store: builds, bakes, caches, faults, abort, and what is left behind. Needs root. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseImage } from '../../../src/media/archive.ts'
import { contentStore } from '../../../src/media/content-store.ts'
import { openArchive } from '../../../src/media/open-archive.ts'
import type { Image } from '../../../src/oci/views.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { compareImages, type Difference, showDifference } from '../parity/compare.ts'
import { type ChrootedDocker, dockerRoot, startChrootedDocker } from '../support/chrooted-docker.ts'
import { type DockerClient, dockerClient } from './docker-client.ts'
import { type Leftovers, leftovers } from './leftovers.ts'
import { commandLines, imageStep, type Project, project, type Ran } from './project.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const root = dockerRoot()
const missing = busybox.missing ?? root.missing
const signal = new AbortController().signal

const dockerfile = `FROM busybox:1 AS one
COPY a /a
ARG VERSION
RUN --mount=type=secret,id=tok test "$(sha256sum < /run/secrets/tok)" = "${createHash('sha256').update('sesame-street').digest('hex')}  -" && echo "version $VERSION" > /version
RUN <<EOF
echo "from a heredoc" > /heredoc
EOF
FROM one
COPY --from=one /a /b
LABEL team=web
`

describe.each([
  { store: 'the containerd image store', containerd: true },
  { store: 'the older image store', containerd: false },
])('the engine buildx on $store', ({ containerd }) => {
  describe('for real', promised('ci', needs(missing === undefined, missing ?? '')), () => {
    let docker: ChrootedDocker
    let client: DockerClient
    let here: Project
    const opened: { close(): Promise<void> }[] = []
    const left = (): Promise<Leftovers> => leftovers(client.env, here.home, client.config)
    beforeAll(async () => {
      docker = await startChrootedDocker(root.folder ?? '', { containerd })
      client = dockerClient(root.folder ?? '', join(docker.shared, 'client'), join(docker.shared, 'docker.sock'))
      here = await project(busybox.path, client.env)
      here.write({ Dockerfile: dockerfile, a: 'of a\n' })
    })
    afterAll(async () => {
      for (const archive of opened) await archive.close()
      await here?.close()
      await docker?.stop()
    })

    it('builds with RUN, a heredoc and a secret, and delivers an archive and tags on two registries with one digest', async () => {
      const before = await left()
      const step = imageStep(
        'build',
        { repo: 'acme/hello', tags: ['1', '2'], buildArgs: { VERSION: '7, or "eight"' } },
        { PLUGIN_TAR_PATH: 'image.tar', PLUGIN_SECRETS_FROM_ENV: 'tok=TOK', TOK: 'sesame-street' },
      )
      const push = imageStep('again', { repo: 'ghcr.io/acme/hello', tags: ['1'] }, { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'image.tar' })
      const { value, seen } = await here.watched(() => here.run([step, push]))
      expect([value.code, value.out]).toEqual([0, expect.stringContaining('passed')])
      expect(value.out).toMatch(/#\d+ \[one \d\/\d\] RUN --mount=type=secret/)
      expect(value.out.includes('this docker writes no archives')).toBe(!containerd)
      const digests = new Set([...value.out.matchAll(/(?:pushed|built) .*?(sha256:[0-9a-f]{64})/g)].map(([, digest]) => digest))
      expect(digests.size).toBe(1)
      expect(value.out).toContain('wrote /harness/image.tar')
      expect(seen).toContain('buildx build')
      expect(seen).not.toContain('sesame-street')
      expect(await left()).toEqual(before)
      const image = await pulled('ghcr.io/acme/hello:1')
      expect((await image.config()).config?.Labels).toMatchObject({ team: 'web' })
      expect(await image.digest()).toBe([...digests][0])
    })

    it('makes the image that the embedded engine makes: configuration, history and files', async () => {
      const cases = {
        plain: 'FROM busybox:1\nCOPY a /deep/a\nRUN echo made > /made && chmod 640 /made\nUSER app\nCMD ["sh"]\n',
        stages: 'FROM busybox:1 AS one\nRUN mkdir /out && echo x > /out/x\nFROM busybox:1\nCOPY --from=one --chown=1000:1001 /out /out\nWORKDIR /out\n',
        config: 'FROM busybox:1\nARG A=1\nENV B=$A C="c d"\nEXPOSE 80\nVOLUME /v\nHEALTHCHECK CMD true\nENTRYPOINT ["sh"]\nSTOPSIGNAL 9\n',
        removed: 'FROM busybox:1\nRUN rm /etc/group && ln -s passwd /etc/other\n',
      }
      const since = Math.floor(Date.now() / 1000)
      for (const [name, text] of Object.entries(cases)) {
        here.write({ [`${name}.Dockerfile`]: text })
        for (const engine of ['buildx', 'embedded']) {
          const { code, out } = await here.run(
            [imageStep('build', { repo: 'acme/same', tags: [engine], dockerfile: `${name}.Dockerfile` }, { PLUGIN_AUTO_LABEL: 'false' })],
            { engine },
          )
          expect([code, out]).toEqual([0, expect.stringContaining('passed')])
        }
        // A mark of removal has no rights and no time that anybody reads: the older store writes others than the newer one.
        const isMark = ({ at, fact }: Difference): boolean => /(?:^|\/)\.wh\./.test(at) && fact !== '-'
        const found = (await compareImages(await pulled('acme/same:buildx'), await pulled('acme/same:embedded'), since)).filter((one) => !isMark(one))
        expect([name, found.map(showDifference)]).toEqual([name, []])
      }
    })

    it('bakes two targets of a file, and pushes each to all of its names', async () => {
      const before = await left()
      here.write({
        'docker-bake.hcl': `variable "TAG" { default = "none" }
group "default" { targets = ["api", "web"] }
target "base" { dockerfile-inline = "FROM busybox:1\\nCOPY a /common\\n" }
target "api" {
  contexts = { common = "target:base" }
  dockerfile-inline = "FROM common\\nRUN echo api > /api\\n"
  network = "host"
  tags = ["docker.io/acme/api:\${TAG}", "ghcr.io/acme/api:\${TAG}"]
}
target "web" {
  context = "web"
  tags = ["ghcr.io/acme/web:\${TAG}"]
}
`,
        'web/Dockerfile': 'FROM busybox:1\nCOPY b /b\n',
        'web/b': 'of b',
      })
      const step = imageStep(
        'bake',
        { repo: 'acme/none', tags: ['1'] },
        { PLUGIN_BAKE_FILE: 'docker-bake.hcl', PLUGIN_BAKE_OPTIONS: 'default;--push', TAG: 'v7' },
      )
      const { code, out } = await here.run([step])
      expect([code, out]).toEqual([0, expect.stringContaining('passed')])
      const api = await (await pulled('docker.io/acme/api:v7')).digest()
      expect(await (await pulled('ghcr.io/acme/api:v7')).digest()).toBe(api)
      expect(await (await pulled('ghcr.io/acme/web:v7')).digest()).not.toBe(api)
      expect(out).toMatch(/outputs: digest_api, digest_web, imageRefs/)
      expect(await left()).toEqual(before)
    })

    it('builds side by side, and what it is lent has a name for each build', async () => {
      const before = await left()
      const names = ['x', 'y', 'z']
      for (const name of names) here.write({ [`${name}.Dockerfile`]: `FROM busybox:1\nRUN echo ${name} > /name\n` })
      const parallel = names.map((name) => imageStep(name, { repo: `acme/${name}`, tags: ['1'], dockerfile: `${name}.Dockerfile` }))
      const { code, out } = await here.run([{ parallel }])
      expect([code, out]).toEqual([0, expect.stringContaining('passed')])
      expect(new Set(await Promise.all(names.map(async (name) => (await pulled(`acme/${name}:1`)).digest()))).size).toBe(3)
      expect(await left()).toEqual(before)
    })

    it('ends politely when the run is aborted, and leaves nothing', async () => {
      const before = await left()
      here.write({ 'slow.Dockerfile': `FROM busybox:1\nRUN sleep ${long}\n` })
      let pid = 0
      const ran = here.run([imageStep('slow', { repo: 'acme/slow', tags: ['1'], dockerfile: 'slow.Dockerfile' })], { onStart: (number) => (pid = number) })
      await expect.poll(() => sleeping(), { timeout: 60_000 }).toBe(true)
      process.kill(pid, 'SIGINT')
      await expect.poll(() => sleeping(), { timeout: 60_000 }).toBe(false)
      process.kill(pid, 'SIGINT')
      const { code, out } = await ran
      expect([code, out]).toEqual([130, expect.stringContaining('aborted')])
      expect(await left()).toEqual(before)
    })

    it('is killed: its build ends with it, and the next one takes back what it had lent and made', async () => {
      const before = await left()
      here.write({ 'slow.Dockerfile': `FROM busybox:1\nRUN sleep ${long}\n`, 'next.Dockerfile': 'FROM scratch\nCOPY a /a\n' })
      let pid = 0
      const ran = here.run([imageStep('slow', { repo: 'acme/slow', tags: ['1'], dockerfile: 'slow.Dockerfile' })], { onStart: (number) => (pid = number) })
      await expect.poll(() => sleeping(), { timeout: 60_000 }).toBe(true)
      process.kill(pid, 'SIGKILL')
      await ran
      await expect.poll(() => sleeping(), { timeout: 60_000 }).toBe(false)
      await expect.poll(() => commandLines().filter((line) => line.includes(`/buildx/${pid}-`)), { timeout: 60_000 }).toEqual([])
      expect(readdirSync(join(here.home, 'buildx'))).toEqual([expect.stringContaining(`${pid}-`)])
      const next = await here.run([imageStep('next', { repo: 'acme/next', tags: ['1'], dockerfile: 'next.Dockerfile' })], { onStart: () => undefined })
      expect([next.code, next.out]).toEqual([0, expect.stringContaining('passed')])
      expect(await left()).toEqual(before)
    })

    it('takes base images with the logins of the step, and those of this machine when it is told to', async () => {
      here.write({ 'closed.Dockerfile': 'FROM closed.example/library/busybox:1\nCOPY a /a\n', 'kept.Dockerfile': 'FROM acme/kept:1\nCOPY a /b\n' })
      const closed = { repo: 'acme/closed', tags: ['1'], dockerfile: 'closed.Dockerfile' }
      const refused = await here.run([imageStep('a', closed)])
      expect([refused.code, refused.out]).toEqual([1, expect.stringMatching(/closed\.example.*\[REGISTRY_UNAUTHORIZED\]/)])
      const taken = await here.run([imageStep('a', { ...closed, baseImageConnectorRefs: ['closed'] })])
      expect([taken.code, taken.out]).toEqual([0, expect.stringContaining('passed')])
      expect(taken.out).not.toContain('s:cret')
      const kept = imageStep(
        'kept',
        { repo: 'acme/kept', tags: ['1'], dockerfile: 'closed.Dockerfile', baseImageConnectorRefs: ['closed'] },
        { PLUGIN_NO_PUSH: 'true' },
      )
      const over = imageStep('over', { repo: 'acme/over', tags: ['1'], dockerfile: 'kept.Dockerfile' }, { PLUGIN_PULL_IMAGE: 'false' })
      const { code, out } = await here.run([kept, over])
      expect([code, out]).toEqual([0, expect.stringContaining('passed')])
    })

    it('lends keys to a command by an agent, which go with the build', async () => {
      const before = await left()
      const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      here.write({ 'ssh.Dockerfile': 'FROM busybox:1\nRUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && ls -l "$SSH_AUTH_SOCK"\n', key })
      const step = imageStep('ssh', { repo: 'acme/ssh', tags: ['1'], dockerfile: 'ssh.Dockerfile' }, { PLUGIN_SSH_KEYS: 'default=key' })
      const { value, seen } = await here.watched(() => here.run([step]))
      expect([value.code, value.out]).toEqual([0, expect.stringContaining('passed')])
      const hidden = key.split('\n')[1] ?? ''
      expect([seen.includes(hidden), value.out.includes(hidden)]).toEqual([false, false])
      expect(await left()).toEqual(before)
    })

    it('keeps the value of a secret argument out of the history, and warns where the Dockerfile shows it', async () => {
      here.write({ 'arg.Dockerfile': 'FROM busybox:1\nARG TOKEN\nRUN echo made > /made\nENV SHOWN=$TOKEN\nLABEL also=$TOKEN\n' })
      const step = imageStep('arg', { repo: 'acme/arg', tags: ['1'], dockerfile: 'arg.Dockerfile', buildArgs: { TOKEN: '<+secrets.getValue("token")>' } })
      const ran = await here.run([step], { env: { SLIPWAY_SECRET_TOKEN: 'sesame-street' } })
      expect([ran.code, ran.out]).toEqual([0, expect.stringMatching(/holds a secret.*: ENV SHOWN, LABEL also.*\[IMAGE_SHOWS_SECRET\]/)])
      expect(ran.out).not.toContain('sesame')
      const { history = [] } = await (await pulled('acme/arg:1')).config()
      expect(JSON.stringify(history)).toContain('TOKEN=********')
    })

    it('says faults of the Dockerfile and of a command with their place', async () => {
      here.write({ 'wrong.Dockerfile': 'FROM busybox:1\nCOPY nosuch /a\n', 'fails.Dockerfile': 'FROM busybox:1\n\nRUN echo last words; exit 3\n' })
      const wrong = await here.run([imageStep('a', { repo: 'acme/a', tags: ['1'], dockerfile: 'wrong.Dockerfile' })])
      expect([wrong.code, wrong.out]).toEqual([1, expect.stringMatching(/wrong\.Dockerfile:2:1: error: .*nosuch.*not found \[BUILDX_FAILED\]/)])
      const fails = await here.run([imageStep('a', { repo: 'acme/a', tags: ['1'], dockerfile: 'fails.Dockerfile' })])
      expect([fails.code, fails.out]).toEqual([1, expect.stringMatching(/fails\.Dockerfile:3:1: error: .*exit code: 3/)])
      expect(fails.out).toMatch(/#\d+ [\d.]+ last words/)
    })

    it('writes caches to a registry, and finds its layers there again', async () => {
      const before = await left()
      const caches = { PLUGIN_CACHE_TO: 'type=registry,ref=ghcr.io/acme/cache:main,mode=max', PLUGIN_CACHE_FROM: 'type=registry,ref=ghcr.io/acme/cache:main' }
      here.write({ 'cached.Dockerfile': `FROM busybox:1\nRUN echo ${process.pid} > /pid\n` })
      const step = imageStep('cached', { repo: 'acme/cached', tags: ['1'], dockerfile: 'cached.Dockerfile' }, caches)
      const first = await here.run([step])
      if (!containerd) {
        // Nothing can be fetched here that such a builder could be made from.
        expect(first.out).toContain('BUILDX_CONTAINER')
        expect([first.code, first.out]).toEqual([1, expect.stringContaining('BUILDX_NO_DAEMON')])
        return expect(await left()).toEqual(before)
      }
      expect([first.code, first.out]).toEqual([0, expect.stringContaining('passed')])
      await docker.run('docker', ['buildx', 'prune', '--all', '--force'])
      const again = await here.run([step])
      expect(again.out).toMatch(/RUN echo \w+ > \/pid\n.*CACHED/)
      expect(await left()).toEqual(before)
    })

    it('pushes an image for each of several platforms as an index', async () => {
      here.write({ 'both.Dockerfile': 'FROM scratch\nCOPY a /a\n' })
      const { code, out } = await here.run([
        imageStep('both', { repo: 'acme/both', tags: ['1'], dockerfile: 'both.Dockerfile' }, { PLUGIN_PLATFORM: 'linux/arm64,linux/amd64' }),
      ])
      expect([code, out]).toEqual([0, expect.stringContaining('passed')])
      const inspected = await here.slipway(['inspect', 'docker.io/acme/both:1'])
      expect(inspected.out).toMatch(/linux\/arm64[\s\S]*linux\/amd64/)
    })

    it('says before a stage begins that there is no docker, no plugin or no daemon', async () => {
      const step = [imageStep('a', { repo: 'acme/a', tags: ['1'] })]
      const bare = join(here.folder, '..', 'bare')
      mkdirSync(join(bare, 'config'), { recursive: true })
      writeFileSync(join(bare, 'docker'), '#!/bin/sh\necho "docker: unknown command: docker buildx" >&2\nexit 1\n')
      chmodSync(join(bare, 'docker'), 0o755)
      const ways: Readonly<Record<string, Readonly<Record<string, string>>>> = {
        BUILDX_NO_DOCKER: { PATH: join(bare, 'config') },
        BUILDX_NO_PLUGIN: { PATH: `${bare}:${process.env['PATH']}` },
        BUILDX_NO_DAEMON: { DOCKER_HOST: `unix://${bare}/none.sock` },
      }
      for (const [code, env] of Object.entries(ways)) {
        const ran: Ran = await here.run(step, { env })
        expect([ran.code, ran.out]).toEqual([1, expect.stringContaining(`[${code}]`)])
        expect(ran.out).not.toContain('builds and pushes as')
      }
      expect(existsSync(join(here.home, 'buildx')) ? readdirSync(join(here.home, 'buildx')) : []).toEqual([])
    })

    async function pulled(name: string): Promise<Image> {
      const file = join(here.folder, '..', `${name.replaceAll(/\W/g, '-')}-${Date.now()}.tar`)
      const { code, out } = await here.slipway(['pull', name, file])
      expect([code, out]).toEqual([0, expect.anything()])
      const archive = await openArchive(file, { signal, spool: contentStore(join(here.folder, '..', 'spool'), { durability: 'fast' }) })
      opened.push(archive)
      return chooseImage(archive).view as Image
    }
  })
})

/** A number that no other process sleeps for. */
const long = 8_000_000 + process.pid

function sleeping(): boolean {
  return commandLines().some((line) => line.startsWith(`sleep ${long}`))
}
