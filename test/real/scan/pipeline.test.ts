/** Build, scan with the real trivy, push: what is too bad reaches no registry; images and results of a registry; trivy out of its image. */
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { real } from '../../support/real.ts'
import { promised } from '../../support/skip.ts'
import { slipwayHere } from '../../support/slipway-here.ts'
import { tempProject } from '../../support/temp-project.ts'
import { realTrivy } from '../../support/trivy/trivy.ts'
import { writeVulnerabilityDb } from '../../support/trivy/vulnerability-db.ts'
import { type RealRegistry, startRegistry } from '../registry/start-registry.ts'
import { pipeline } from '../steps/pipeline-text.ts'
import { mustRun } from '../support/run-program.ts'

const trivy = realTrivy()
const docker = real('docker-registry', { apt: 'docker-registry' })
const options = trivy.missing === undefined ? docker.options : promised('ci', trivy.options)
/** `s:cret`. */
const hash = '$2y$05$C8nGIYR4NNPcZ.lySIZaMe7QFoX35/wTyvvnTofYkx.E8Ulhv7vXy'

let registry: RealRegistry
let closed: RealRegistry
beforeAll(async () => {
  registry = await startRegistry(docker.path)
  closed = await startRegistry(docker.path, { htpasswd: `ann:${hash}\n` })
})
afterAll(async () => {
  await registry?.stop()
  await closed?.stop()
})

const image = (identifier: string, env: object, more: object = {}) => ({
  identifier,
  name: identifier,
  type: 'BuildAndPushDockerRegistry',
  spec: { connectorRef: 'own', repo: 'open.example/ferry', tags: ['<+pipeline.sequenceId>'], ...more, envVariables: env },
})
const build = image('build', { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'image.tar' })
const push = image('push', { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'image.tar' })
const scan = (spec: object) => ({ identifier: 'scan', name: 'scan', type: 'AquaTrivy', spec: { mode: 'orchestration', config: 'default', ...spec } })
const archive = {
  target: { type: 'container', detection: 'manual', name: 'ferry', variant: 'main', workspace: '/harness/image.tar' },
  image: { type: 'local_archive' },
  privileged: true,
}

interface Project {
  readonly version?: string
  readonly scan?: object
  readonly files?: Readonly<Record<string, string>>
}

function project({ version = '1.0.0', scan: own = {}, files = {} }: Project) {
  const connector = {
    connector: {
      identifier: 'own',
      name: 'own',
      type: 'DockerRegistry',
      spec: { dockerRegistryUrl: 'https://open.example', providerType: 'Other', auth: { type: 'Anonymous' } },
    },
  }
  const hosts = [
    { match: 'open.example', endpoint: `http://${registry.host}` },
    { match: 'closed.example', endpoint: `http://${closed.host}` },
  ]
  const config = { hosts, connectors: [connector], scan: { scanner: 'trivy', trivy: trivy.path, trivyCache: 'cache', ...own } }
  const { dir } = tempProject({
    '.slipway/config.yaml': JSON.stringify(config),
    Dockerfile: 'FROM scratch\nCOPY left.json /app/node_modules/left/package.json\n',
    'left.json': JSON.stringify({ name: 'left', version }),
    ...files,
  })
  // Not below the code: a database is nothing to copy into each stage.
  const env = { HOME: dir, PATH: process.env['PATH'] ?? '', SLIPWAY_HOME: tempProject().dir }
  writeVulnerabilityDb(join(dir, 'cache'), [{ id: 'CVE-2099-0004', severity: 'CRITICAL', in: 'npm', package: 'left', fixed: '1.0.1' }])
  return {
    dir,
    async run(steps: readonly object[]) {
      writeFileSync(join(dir, 'p.yaml'), pipeline(steps, { cloneCodebase: true, platform: { os: 'Linux', arch: 'Amd64' } }))
      const { code, out, err } = await slipwayHere(dir, env, 'run', 'p.yaml', '--on', 'local', '--output', 'plain')
      return { code, said: `${out}${err}` }
    },
    slipway: (...argv: readonly string[]) => slipwayHere(dir, env, ...argv),
  }
}

const tagged = async (tag: string): Promise<number> =>
  (await fetch(`http://${registry.host}/v2/ferry/manifests/${tag}`, { method: 'HEAD', headers: { accept: 'application/vnd.oci.image.manifest.v1+json' } }))
    .status

describe('build, scan, push', { ...options, timeout: 120_000 }, () => {
  it('holds up an image with a critical flaw: the push is skipped, the registry has nothing; without a gate, or mended, it goes through', async () => {
    const gate = { ...archive, advanced: { fail_on_severity: 'critical' } }
    const bad = project({})
    const blocked = await bad.run([build, scan(gate), push])
    expect([blocked.code, blocked.said]).toEqual([1, expect.stringContaining('CVE-2099-0004 (critical) in left 1.0.0')])
    expect(blocked.said).toMatch(/\[s\/push\] skipped/)
    expect(await tagged('1')).toBe(404)
    const open = await bad.run([build, scan({ ...archive, advanced: { log: { level: 'info' } } }), push])
    expect([open.code, open.said]).toEqual([0, expect.stringContaining('1 flaw in 1 package of /harness/image.tar: 1 critical')])
    expect(await tagged('2')).toBe(200)
    const mended = await project({ version: '1.0.1' }).run([build, scan(gate), push])
    expect([mended.code, mended.said]).toEqual([0, expect.stringContaining('0 flaws in 1 package of /harness/image.tar')])
    const digest = /\[s\/build\] built (sha256:\w+)/.exec(mended.said)?.[1]
    expect(mended.said).toContain(`pushed open.example/ferry:1 ${digest}`)
  })

  it('does not call an image sound without a database, and by the word of the configuration does not scan it', async () => {
    const lacking = await project({ scan: { trivyCache: 'nowhere' } }).run([build, scan(archive), push])
    expect([lacking.code, lacking.said]).toEqual([1, expect.stringContaining('[SCAN_DATABASE_MISSING]')])
    expect(lacking.said).not.toMatch(/0 flaws|pushed/)
    const unscanned = await project({ scan: { trivyCache: 'nowhere', withoutDatabase: 'not-scanned' } }).run([build, scan(archive), push])
    expect([unscanned.code, unscanned.said]).toEqual([0, expect.stringMatching(/was NOT scanned.*\[SCAN_NOT_DONE\]/)])
    expect(unscanned.said).not.toContain('0 flaws')
  })

  it('scans an image in its registry with the login of the step, and trivy sees no password', async () => {
    const bad = project({})
    await bad.run([build])
    const pushed = await bad.slipway('push', 'open.example/ferry:1', 'closed.example/ferry:9')
    expect([pushed.code, pushed.err]).toEqual([1, expect.stringContaining('REGISTRY_UNAUTHORIZED')])
    writeFileSync(join(bad.dir, 'config.json'), JSON.stringify({ auths: { 'closed.example': { auth: Buffer.from('ann:s:cret').toString('base64') } } }))
    mkdirSync(join(bad.dir, '.docker'), { recursive: true })
    copyFileSync(join(bad.dir, 'config.json'), join(bad.dir, '.docker/config.json'))
    expect((await bad.slipway('push', 'open.example/ferry:1', 'closed.example/ferry:9')).code).toBe(0)
    const remote = { type: 'docker_v2', domain: 'closed.example', name: 'ferry', tag: '9' }
    const target = { type: 'container', detection: 'auto' }
    const other = project({})
    const without = await other.run([scan({ target, image: remote })])
    expect([without.code, without.said]).toEqual([1, expect.stringContaining('REGISTRY_UNAUTHORIZED')])
    const { code, said } = await other.run([
      scan({ target, image: { ...remote, access_id: 'ann', access_token: 's:cret' }, advanced: { log: { level: 'debug' } } }),
    ])
    expect([code, said]).toEqual([0, expect.stringContaining('1 flaw in 1 package of closed.example/ferry:9')])
    expect(said).not.toContain('s:cret')
  })

  it('takes the results that a registry keeps with an image', async () => {
    const bad = project({})
    const built = await bad.run([build, push])
    const subject = /pushed open\.example\/ferry:(\d+) (sha256:\w+)/.exec(built.said)
    const [, tag = '', digest = ''] = subject ?? []
    const from = {
      mode: 'extraction',
      target: { type: 'container', detection: 'auto' },
      image: { type: 'docker_v2', domain: 'open.example', name: 'ferry', tag },
    }
    const nothing = await bad.run([scan(from)])
    expect([nothing.code, nothing.said]).toEqual([1, expect.stringContaining('[SCAN_RESULTS_NOWHERE]')])
    const { out } = await bad.slipway('scan', `open.example/ferry:${tag}`, '--format', 'sarif')
    await attach(digest, out)
    const { code, said } = await bad.run([scan({ ...from, advanced: { fail_on_severity: 'high' } })])
    expect([code, said]).toEqual([1, expect.stringContaining('CVE-2099-0004 (critical) in left 1.0.0')])
  })

  it('runs the trivy of a container image', async () => {
    const { dir, slipway } = project({ scan: { trivy: undefined, trivyImage: 'open.example/trivy:1' } })
    const context = join(tempProject().dir, 'trivy')
    mkdirSync(context)
    copyFileSync(trivy.path, join(context, 'trivy'))
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY --chmod=755 trivy /usr/local/bin/trivy\nENTRYPOINT ["/usr/local/bin/trivy"]\n')
    expect((await slipway('build', '--push', '-t', 'open.example/trivy:1', context)).code).toBe(0)
    expect((await slipway('build', '-t', 'acme/bad:1', dir)).code).toBe(0)
    const { code, out } = await slipway('scan', 'acme/bad:1', '--fail-on', 'critical')
    expect([code, out]).toEqual([1, expect.stringMatching(/critical +CVE-2099-0004 +left/)])
  })

  it('reads what trivy itself wrote, as JSON and as SARIF, with the same findings', async () => {
    const bad = project({})
    expect((await bad.slipway('build', '-o', 'type=docker,dest=own.tar', '.')).code).toBe(0)
    const offline = ['--skip-db-update', '--skip-java-db-update', '--offline-scan', '--scanners', 'vuln', '--cache-dir', join(bad.dir, 'cache')]
    const results: string[] = []
    for (const form of ['json', 'sarif']) {
      const file = join(bad.dir, `results.${form}`)
      await mustRun(trivy.path, ['image', '--quiet', '--format', form, '--output', file, ...offline, '--input', join(bad.dir, 'own.tar')])
      const { said } = await bad.run([scan({ mode: 'ingestion', target: { type: 'container', detection: 'auto' }, ingestion: { file: `results.${form}` } })])
      results.push(/critical (?:\* )? *(CVE\S+ +left +1\.0\.0 +1\.0\.1)/.exec(said)?.[1] ?? said)
    }
    expect(results).toEqual([expect.stringMatching(/^CVE-2099-0004 +left +1\.0\.0 +1\.0\.1$/), results[0]])
  })
})

/** An artifact that refers to the image, under the tag that registries without an interface for it keep the list. */
async function attach(subject: string, text: string): Promise<void> {
  const at = `http://${registry.host}/v2/ferry`
  const blob = async (bytes: Buffer): Promise<{ readonly digest: string; readonly size: number }> => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    const begun = await fetch(`${at}/blobs/uploads/`, { method: 'POST' })
    const place = new URL(begun.headers.get('location') ?? '', at)
    place.searchParams.set('digest', digest)
    expect((await fetch(place, { method: 'PUT', body: bytes, headers: { 'content-type': 'application/octet-stream' } })).status).toBe(201)
    return { digest, size: bytes.length }
  }
  const put = async (name: string, mediaType: string, value: object): Promise<{ readonly digest: string; readonly size: number }> => {
    const bytes = Buffer.from(JSON.stringify(value))
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    expect((await fetch(`${at}/manifests/${name === '' ? digest : name}`, { method: 'PUT', body: bytes, headers: { 'content-type': mediaType } })).status).toBe(
      201,
    )
    return { digest, size: bytes.length }
  }
  const manifestType = 'application/vnd.oci.image.manifest.v1+json'
  const [config, layer] = [await blob(Buffer.from('{}')), await blob(Buffer.from(text))]
  const image = await fetch(`${at}/manifests/${subject}`, { headers: { accept: manifestType } })
  const size = Number(image.headers.get('content-length'))
  const artifact = await put('', manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType: 'application/sarif+json',
    config: { mediaType: 'application/vnd.oci.empty.v1+json', ...config },
    layers: [{ mediaType: 'application/sarif+json', ...layer }],
    subject: { mediaType: manifestType, digest: subject, size },
  })
  const list = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ mediaType: manifestType, artifactType: 'application/sarif+json', ...artifact }],
  }
  await put(subject.replace(':', '-'), 'application/vnd.oci.image.index.v1+json', list)
}
