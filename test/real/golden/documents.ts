/** The pipelines of the sample documents, run on this machine with one engine: real registries under the names of Docker Hub, GitHub and three clouds. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { manifest } from '../../samples/manifest.ts'
import { wrap } from '../../samples/wrap.ts'
import { type Fleet, startFleet } from '../../support/cloud/fleet.ts'
import { configText } from '../../support/image-pipeline.ts'
import { real } from '../../support/real.ts'
import { samples } from '../../support/samples.ts'
import { promised } from '../../support/skip.ts'
import { type Ran, slipwayHere } from '../../support/slipway-here.ts'
import { tempProject } from '../../support/temp-project.ts'
import { type Authority, makeAuthority } from '../registry/certificates.ts'
import { type RealRegistry, startRegistry } from '../registry/start-registry.ts'
import { writeSmallBase } from '../steps/small-base.ts'
import { completed } from './complete.ts'
import { dockerfiles, type Expected, expected } from './expected.ts'

const given = samples()
const programs = [real('docker-registry', { apt: 'docker-registry' }), real('busybox', { apt: 'busybox-static', version: ['busybox'] }), real('openssl')]
const [registry, busybox, openssl] = programs
const lacking = programs.find((program) => program.missing !== undefined)
export const documentOptions = lacking !== undefined ? promised('ci', lacking.options) : given.options

/** bcrypt of the fleet's password. */
const hash = '$2y$05$C8nGIYR4NNPcZ.lySIZaMe7QFoX35/wTyvvnTofYkx.E8Ulhv7vXy'
/** A library, and an advisory about it. */
const flaw = {
  'flawed.json': '{"name": "left", "version": "1.0.0"}',
  'advisories/left.json': JSON.stringify({
    id: 'LEFT-1',
    modified: new Date().toISOString(),
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
    affected: [{ package: { ecosystem: 'npm', name: 'left' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.0.1' }] }] }],
  }),
}
const unshown = /s:cret|aws-secret-key|azure-secret|PRIVATE KEY|user-of-|pass-of-/

export interface DocumentsOn {
  readonly engine: 'embedded' | 'buildx'
  /** More environment, such as where a tool is: asked for in each test. */
  readonly env: () => Readonly<Record<string, string>>
  /** Where stages run; on this machine, unless it says otherwise. */
  readonly on?: 'local' | 'kubernetes'
  /** Of the pipelines, these. */
  readonly only?: RegExp
  /** More connectors. */
  readonly connectors?: readonly object[]
  /** In place of the program in this process. */
  readonly slipway?: (dir: string, env: Readonly<Record<string, string>>, ...argv: readonly string[]) => Promise<Ran>
}

/** To be called inside a `describe` with `documentOptions`. */
export function documents({ engine, env: more, on = 'local', only = /./, connectors = [], slipway = slipwayHere }: DocumentsOn): void {
  const chosen = manifest.filter(({ id }) => only.test(id))
  let fleet: Fleet
  let base: RealRegistry
  let tls: RealRegistry
  let authority: Authority
  beforeAll(async () => {
    if (registry === undefined || busybox === undefined || openssl === undefined) return
    fleet = await startFleet((user) => startRegistry(registry.path, { htpasswd: `${user}:${hash}\n` }))
    base = await startRegistry(registry.path)
    authority = makeAuthority(openssl.path)
    tls = await startRegistry(registry.path, { tls: authority.issue('registry') })
    const { dir } = tempProject({ '.slipway/config.yaml': configText({}, hosts()) })
    writeSmallBase(join(dir, 'base'), busybox.path)
    const built = await slipwayHere(dir, { HOME: dir }, 'build', '--push', '-t', 'base.example/busybox:1', 'base')
    if (built.code !== 0) throw new Error(built.out + built.err)
  }, 120_000)
  afterAll(async () => {
    for (const one of [fleet, base, tls]) await one?.stop()
    authority?.remove()
  })

  function hosts(o: { readonly selfSigned?: boolean } = {}): readonly object[] {
    const own = o.selfSigned === true ? [{ match: 'docker.io', endpoint: `https://${tls.host}` }] : []
    const others = fleet.hosts.filter((host) => own.length === 0 || (host as { readonly match: string }).match !== 'docker.io')
    return [{ match: 'base.example', endpoint: `http://${base.host}` }, ...own, ...others]
  }

  async function prepared(id: string, wanted: Expected) {
    const fragment = manifest.find((one) => one.id === id)
    if (fragment === undefined) throw new Error(`no fragment ${id}`)
    const variables = wanted.dockerfile === 'secrets' ? { a_user: 'user-of-vars', a_pass: 'pass-of-vars' } : {}
    // Accounts of AWS have twelve digits; the page shows a short one.
    const text = wrap(fragment, given.read(fragment.file), { substitute: true }).text.replace('"12345"', '"123456789012"')
    const pipeline = completed(text, {
      without: wanted.without ?? [],
      variables,
      cloned: wanted.cloned ?? false,
      ...(wanted.gate !== undefined && { gate: wanted.gate }),
    })
    const dockerfile = dockerfiles[wanted.dockerfile ?? 'plain']
    const files = {
      Dockerfile: dockerfile,
      'docker/Dockerfile': dockerfile,
      harnessDockerfile: dockerfile,
      code: 'hello\n',
      'test.txt': 'user-of-file',
      ...flaw,
    }
    const plain = JSON.parse(configText(fleet.connectors, hosts(wanted))) as { readonly connectors?: readonly object[] }
    const config = { ...plain, connectors: [...(plain.connectors ?? []), ...connectors], scan: { db: 'advisories' } }
    const { dir } = tempProject({ 'p.yaml': pipeline, '.slipway/config.yaml': JSON.stringify(config), ...files })
    for (const args of [
      ['init', '-q'],
      ['add', '.'],
      ['-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-qm', 'one'],
    ])
      execFileSync('git', args, { cwd: dir, stdio: 'ignore' })
    const secrets = { SLIPWAY_SECRET_MYUSERNAME: 'user-of-store', SLIPWAY_SECRET_MYDOCKERPASS: 'pass-of-store' }
    const env = {
      HOME: dir,
      PATH: process.env['PATH'] ?? '',
      SLIPWAY_HOME: tempProject().dir,
      DOCKER_HOST: `unix://${join(dir, 'no.sock')}`,
      ...fleet.env,
      ...secrets,
      ...more(),
    }
    return async (content = 'hello\n', ends = 0) => {
      writeFileSync(join(dir, 'code'), content)
      const { code, out, err } = await slipway(dir, env, 'run', 'p.yaml', '--on', on, '--engine', engine, '--output', 'plain')
      const said = `${out}${err}`
      expect(said).not.toMatch(unshown)
      expect(code, said).toBe(ends)
      return { said, pushed: [...said.matchAll(/\] pushed (\S+) (sha256:\w+)/g)].map(([, ref = '', digest = '']) => ({ ref, digest })) }
    }
  }

  it.each(chosen.filter(({ id }) => id in expected && !id.endsWith('-secrets')))('$id ($rows)', async ({ id }) => {
    const wanted = expected[id] ?? expect.fail(id)
    const run = await prepared(id, wanted)
    const { said, pushed } = await run()
    expect(pushed.map(({ ref }) => ref).toSorted()).toEqual([...wanted.pushed].toSorted())
    expect(new Set(pushed.map(({ digest }) => digest)).size).toBe(wanted.pushed.length === 0 ? 0 : (wanted.digests ?? 1))
    if (wanted.selfSigned !== true) for (const { ref, digest } of pushed) expect(await fleet.digestAt(ref)).toBe(digest)
    const built = [...said.matchAll(/\] built (sha256:\w+)/g)].map(([, digest]) => digest)
    for (const { digest } of pushed) expect(built).toContain(digest)
    expect([...said.matchAll(/\] wrote (\S+) /g)].map(([, path]) => path)).toEqual(wanted.wrote ?? [])
    for (const words of (engine === 'buildx' ? wanted.buildx?.says : undefined) ?? wanted.says ?? []) expect(said).toContain(words)
    if (wanted.again === true) {
      const second = await run('other code\n')
      expect(second.said).not.toContain(`] built ${pushed[0]?.digest}`)
      expect([second.pushed, await fleet.digestAt(wanted.pushed[0] ?? '')]).toEqual([pushed, pushed[0]?.digest])
    }
  })

  it.each(chosen.filter(({ id }) => id.endsWith('-tar-cloud') || id.endsWith('-tar-k8s')))('$id: four archives, four pushes ($rows)', async ({ id }) => {
    const { said, pushed } = await (await prepared(id, { pushed: [], cloned: true }))()
    expect([...said.matchAll(/\] wrote \/harness\/(\S+) /g)].map(([, path]) => path).toSorted()).toEqual(
      ['acr', 'docker', 'ecr', 'gar'].map((name) => `${name}image.tar`),
    )
    const built = [...said.matchAll(/\] built (sha256:\w+)/g)].map(([, digest]) => digest)
    expect([pushed.length, built.length]).toEqual([4, 4])
    // The digest of a push is that of the archive it took.
    expect(pushed.map(({ digest }) => digest).toSorted()).toEqual(built.toSorted())
  })

  it.each(['s0-scan', 's1-scan'].filter((id) => only.test(id)))('%s: what is too bad reaches no registry, and without a gate it does (GP-01)', async (id) => {
    const wanted = { ...(expected[id] ?? expect.fail(id)), dockerfile: 'flawed' } as const
    const repository = wanted.pushed[0]?.replace(/:[^:]*$/, '') ?? ''
    const before = await fleet.digestAt(`${repository}:new-1`).catch(() => undefined)
    const blocked = await (await prepared(id, { ...wanted, gate: 'critical' }))('hello\n', 1)
    expect([blocked.pushed, blocked.said]).toEqual([[], expect.stringContaining('LEFT-1 (critical) in left 1.0.0')])
    expect(blocked.said).toContain('push_only] skipped')
    expect(await fleet.digestAt(`${repository}:new-1`).catch(() => undefined)).toBe(before)
    const { said, pushed } = await (await prepared(id, wanted))()
    expect(said).toContain('1 flaw in 1 package of /harness/image.tar: 1 critical')
    expect(pushed.map(({ ref }) => ref)).toEqual(wanted.pushed)
  })

  it.each(['s2-secrets', 's3-secrets'].filter((id) => only.test(id)))(
    '%s: builds with secrets of variables, of the store and of a file, none of which is kept (GP-12)',
    async (id) => {
      const { pushed } = await (await prepared(id, expected[id] ?? expect.fail(id)))()
      expect(pushed).toEqual([{ ref: expect.stringMatching(/^docker-repo\/image-name:ci-/), digest: expect.any(String) }])
      const repository = 'docker-repo/image-name'
      const tag = pushed[0]?.ref.split(':')[1] ?? ''
      const text = await (await fleet.fetch(repository, `manifests/${tag}`)).text()
      const { config, layers } = JSON.parse(text) as { readonly config: { readonly digest: string }; readonly layers: readonly { readonly digest: string }[] }
      expect(await (await fleet.fetch(repository, `blobs/${config.digest}`)).text()).not.toMatch(unshown)
      for (const { digest } of layers) {
        const stream = (await fleet.fetch(repository, `blobs/${digest}`)).body?.pipeThrough(new DecompressionStream('gzip'))
        expect(await new Response(stream ?? null).text()).not.toMatch(unshown)
      }
    },
  )
}
