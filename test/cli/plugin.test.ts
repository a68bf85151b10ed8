/** `slipway plugin` in a folder with variables, as a CI server starts the plugins that it stands for. */
import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { root } from '../../tools/support/root.ts'
import { selfSigned } from '../support/cloud/self-signed.ts'
import { embeddedRegistry } from '../support/registry/embedded.ts'
import { sabotaged } from '../support/registry/sabotaged.ts'
import { type Files, tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const config = `hosts:
  - {match: docker.io, endpoint: embedded:hub}
  - {match: ghcr.io, endpoint: embedded:ghcr}
`
const usual = { '.slipway/config.yaml': config, Dockerfile: 'FROM scratch\nARG WORD=none\nLABEL word=$WORD\nCOPY hello.txt /\n', 'hello.txt': 'hello\n' }

function start(files: Files = {}) {
  const project = tempProject({ ...usual, ...files })
  const { home } = testWorld()
  const plugin = (env: Readonly<Record<string, string>>, ...args: readonly string[]) => testWorld({ cwd: project.dir, home, env }).run('plugin', ...args)
  const inspect = async (ref: string) => {
    const { code, out, err } = await testWorld({ cwd: project.dir, home }).run('inspect', ref, '--json')
    return {
      code,
      err,
      ...(code === 0 && (JSON.parse(out) as { readonly digest: string; readonly config?: { readonly config?: { readonly Labels?: object } } })),
    }
  }
  return { project, plugin, inspect, home }
}

const reports = {
  DRONE_OUTPUT: 'made/output.env',
  DRONE_CARD_PATH: 'made/card.json',
  PLUGIN_ARTIFACT_FILE: 'made/artifact.json',
  PLUGIN_METADATA_FILE: 'made/metadata.json',
  PLUGIN_DIGEST_FILE: 'made/digest',
  PLUGIN_IMAGE_NAME_TAG_WITH_DIGEST_FILE: 'made/names',
}

const digestOf = (out: string): string | undefined => /built (sha256:[0-9a-f]{64})/.exec(out)?.[1]

// The first build of a process loads most of the program.
describe('slipway plugin', { timeout: 60_000 }, () => {
  it('builds the current folder and pushes every tag, with the arguments and labels of its variables', async () => {
    const { plugin, inspect } = start()
    const { code, out, err } = await plugin({ PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_TAGS: '1,2', PLUGIN_BUILD_ARGS: 'WORD=ahoy' }, '--as', 'kaniko')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^builds and pushes as kaniko would\n/)
    expect(out).not.toMatch(/\brun \d|\[plugin/)
    for (const tag of ['1', '2']) {
      const image = await inspect(`ghcr.io/acme/app:${tag}`)
      expect(image.digest).toBe(digestOf(out))
      expect(JSON.stringify(image)).toContain('ahoy')
    }
  })

  it('is plugins/docker when nobody says what it is', async () => {
    const { plugin, inspect } = start()
    const { code, out } = await plugin({ PLUGIN_REPO: 'acme/app', PLUGIN_TAG: '3' })
    expect([code, out.split('\n')[0]]).toEqual([0, 'builds and pushes as docker would'])
    expect((await inspect('acme/app:3')).digest).toBe(digestOf(out))
  })

  it('pushes nothing in a dry run of the original, and keeps the image for a later push-only', async () => {
    const { plugin, inspect } = start()
    const built = await plugin({ PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_TAGS: 'dry', PLUGIN_DRY_RUN: 'true' }, '--as', 'buildx')
    expect([built.code, built.out.includes('pushed')]).toEqual([0, false])
    expect((await inspect('ghcr.io/acme/other:1')).code).toBe(1)
    const env = { PLUGIN_REPO: 'ghcr.io/acme/other', PLUGIN_TAGS: '1', PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'ghcr.io/acme/app:dry' }
    const pushed = await plugin(env, '--as', 'buildx')
    expect([pushed.code, pushed.err]).toEqual([0, ''])
    expect((await inspect('ghcr.io/acme/other:1')).digest).toBe(digestOf(built.out))
  })

  it('writes an archive, and pushes it with the same digest from another call', async () => {
    const { plugin, inspect, project } = start()
    const built = await plugin({ PLUGIN_NO_PUSH: 'true', PLUGIN_DESTINATION_TAR_PATH: 'out/deep/image.tar' }, '--as', 'kaniko-ecr')
    expect([built.code, project.exists('out/deep/image.tar')]).toEqual([0, true])
    const env = { PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_TAGS: '1', PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'out/deep/image.tar' }
    const pushed = await plugin(env, '--as', 'kaniko')
    expect([pushed.code, pushed.err]).toEqual([0, ''])
    expect((await inspect('ghcr.io/acme/app:1')).digest).toBe(digestOf(built.out))
  })

  it('pushes what is kept under the names it pushes to, when a push-only call names no source', async () => {
    const { plugin, inspect, project } = start()
    const env = { PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_TAGS: '1,2' }
    const nothing = await plugin({ ...env, PLUGIN_PUSH_ONLY: 'true' }, '--as', 'docker')
    expect([nothing.code, nothing.err]).toEqual([1, expect.stringContaining('[IMAGE_SOURCE_UNKNOWN]')])
    const built = await plugin({ ...env, PLUGIN_NO_PUSH: 'true' }, '--as', 'docker')
    const pushed = await plugin({ ...env, PLUGIN_TAGS: '1,2,3', PLUGIN_PUSH_ONLY: 'true' }, '--as', 'docker')
    expect([pushed.code, pushed.err, (await inspect('ghcr.io/acme/app:3')).digest]).toEqual([0, '', digestOf(built.out)])
    project.write({ 'hello.txt': 'another\n' })
    await plugin({ ...env, PLUGIN_TAGS: '2', PLUGIN_NO_PUSH: 'true' }, '--as', 'docker')
    const mixed = await plugin({ ...env, PLUGIN_PUSH_ONLY: 'true' }, '--as', 'docker')
    expect([mixed.code, mixed.err]).toEqual([1, expect.stringContaining('[IMAGE_NAMES_DIFFER]')])
  })

  it('takes tags from the file .tags when no variable names them', async () => {
    const { plugin, inspect, project } = start({ '.tags': '1.2, latest\n' })
    expect((await plugin({ PLUGIN_REPO: 'ghcr.io/acme/app' }, '--as', 'docker')).code).toBe(0)
    expect((await inspect('ghcr.io/acme/app:1.2')).digest).toBe((await inspect('ghcr.io/acme/app:latest')).digest)
    project.write({ 'hello.txt': 'again\n' })
    expect((await plugin({ PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_TAGS: '2' }, '--as', 'docker')).code).toBe(0)
    expect((await inspect('ghcr.io/acme/app:2')).digest).not.toBe((await inspect('ghcr.io/acme/app:1.2')).digest)
    project.write({ '.tags': 'no good\n' })
    const wrong = await plugin({ PLUGIN_REPO: 'ghcr.io/acme/app' }, '--as', 'docker')
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('.tags: error:')])
  })

  it('reads the file of PLUGIN_ENV_FILE first, and the environment over it', async () => {
    const { plugin } = start({ 'vars.env': 'PLUGIN_REPO=ghcr.io/acme/from-file\nPLUGIN_TAGS="1"\nPLUGIN_DRY_RUN=maybe\n' })
    const { code, out } = await plugin({ PLUGIN_ENV_FILE: 'vars.env', PLUGIN_TAGS: '9', PLUGIN_DRY_RUN: 'false' }, '--plan')
    expect([code, out]).toEqual([0, expect.stringContaining('push to ghcr.io/acme/from-file:9\n')])
    const wrong = await plugin({ PLUGIN_ENV_FILE: 'vars.env' }, '--plan')
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('PLUGIN_DRY_RUN: error: The variable from a file PLUGIN_DRY_RUN is "maybe"')])
    const missing = await plugin({ PLUGIN_ENV_FILE: 'none.env', PLUGIN_REPO: 'acme/app' }, '--plan')
    expect([missing.code, missing.err]).toEqual([0, expect.stringContaining('[PLUGIN_ENV_FILE_UNREADABLE]')])
  })

  it.each([
    ['refs/tags/v1.2.3', ['1', '1.2', '1.2.3']],
    ['refs/heads/main', ['latest']],
  ])('makes tags from git at %s', async (ref, tags) => {
    const { plugin } = start()
    const { out } = await plugin(
      { PLUGIN_REPO: 'acme/app', PLUGIN_AUTO_TAG: 'true', DRONE_COMMIT_REF: ref, DRONE_REPO_BRANCH: 'main' },
      '--plan',
      '--as',
      'kaniko-gcr',
    )
    expect(out).toContain(`push to ${tags.map((tag) => `gcr.io/acme/app:${tag}`).join(', ')}\n`)
  })

  it.each(['docker', 'buildx', 'kaniko'])('as %s does nothing off the default branch, and is content', async (name) => {
    const { plugin, inspect } = start()
    const git = { DRONE_COMMIT_REF: 'refs/heads/feature', DRONE_REPO_BRANCH: 'main' }
    const { code, out } = await plugin({ PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_AUTO_TAG: 'true', ...git }, '--as', name)
    expect([code, out]).toEqual([0, expect.stringContaining('skips: refs/heads/feature is neither a tag nor the default branch main')])
    expect((await inspect('ghcr.io/acme/app:latest')).code).toBe(1)
  })

  it('names the variable that is wrong, all of them at once, and does nothing', async () => {
    const { plugin, project } = start()
    const env = { PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_NO_PUSH: 'yes', PLUGIN_PUSH_RETRY: 'twice', PLUGIN_TAR_PATH: 'image.tar', PLUGIN_TAGGS: '1' }
    const { code, err } = await plugin(env, '--as', 'kaniko')
    expect(code).toBe(1)
    expect(err).toContain('PLUGIN_NO_PUSH: error: The environment variable PLUGIN_NO_PUSH is "yes", which is neither true nor false. [SETTINGS_NOT_A_FLAG]')
    expect(err).toContain('PLUGIN_PUSH_RETRY: error:')
    expect(err).toContain('PLUGIN_TAGGS: warning:')
    expect(project.exists('image.tar')).toBe(false)
    const strict = await plugin({ PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_TAGGS: '1' }, '--plan', '--strict')
    expect([strict.code, strict.err]).toEqual([1, expect.stringContaining('PLUGIN_TAGGS: error:')])
  })

  it.each([
    [{ PLUGIN_NO_PUSH: 'true', PLUGIN_PUSH_ONLY: 'true' }, 'PLUGIN_PUSH_ONLY: error:', 'JOB_NO_PUSH_AND_PUSH_ONLY'],
    [{ PLUGIN_DRY_RUN: 'false', PLUGIN_NO_PUSH: 'true' }, 'PLUGIN_DRY_RUN: error:', 'SETTINGS_CONFLICT'],
    [{ PLUGIN_REPO: '' }, 'PLUGIN_REPO: error:', 'JOB_REPO_MISSING'],
    [{ PLUGIN_REPO: 'ghcr.io/Acme/App' }, 'PLUGIN_REPO: error:', 'REF_INVALID'],
    [{ PLUGIN_DOCKERFILE: 'none/Dockerfile' }, '/none/Dockerfile cannot be read: there is no such file', 'DOCKERFILE_UNREADABLE'],
    [{ PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'none.tar' }, '/none.tar does not exist', 'ARCHIVE_NOT_FOUND'],
  ])('refuses %j with the exit code 1', async (env, place, code) => {
    const { plugin } = start()
    const ran = await plugin({ PLUGIN_REPO: 'ghcr.io/acme/app', ...env }, '--as', 'buildx')
    expect(ran.err).toContain(place)
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining(`[${code}]`)])
  })

  it('speaks TLS to a registry of this machine when it is given its certificate', async () => {
    const { certificate, key } = selfSigned('localhost')
    const { registry } = await embeddedRegistry({ tls: { cert: certificate, key } })
    const host = registry.replace('127.0.0.1', 'localhost')
    const { plugin } = start({ 'ca.pem': certificate })
    const env = { PLUGIN_REPO: `${host}/acme/app`, PLUGIN_TAGS: '1' }
    const trusted = await plugin({ ...env, PLUGIN_REGISTRY_CERTIFICATE: `${host}=ca.pem` }, '--as', 'kaniko')
    expect([trusted.code, trusted.out]).toEqual([0, expect.stringContaining(`pushed ${host}/acme/app:1 sha256:`)])
    const plain = await plugin(env, '--as', 'kaniko')
    expect([plain.code, plain.out + plain.err]).toEqual([1, expect.stringContaining('REGISTRY_UNREACHABLE')])
  })

  it('tries every tag, and fails when one of them was refused', async () => {
    const registry = await sabotaged((request, response) => {
      if (request.method !== 'PUT' || request.url?.endsWith('/manifests/1') !== true) return false
      response.writeHead(403, { 'content-type': 'application/json' }).end('{"errors":[{"code":"DENIED","message":"not this one"}]}')
      return true
    })
    const { plugin, project } = start()
    const env = { PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_TAGS: '1,2', PLUGIN_ARTIFACT_FILE: 'a.json' }
    const { code, out, err } = await plugin(env, '--as', 'kaniko', '--map', `ghcr.io=http://${registry}`)
    expect([code, out.match(/pushed \S+/g), err]).toEqual([1, ['pushed ghcr.io/acme/app:2'], expect.stringContaining('[REGISTRY_DENIED]')])
    expect(project.read('a.json')).not.toContain('ghcr.io/acme/app:1')
  })

  it('shows no secret, whether it came by its name or by way of the build', async () => {
    const dockerfile = 'FROM scratch\nARG TOKEN\nLABEL used=yes\n'
    const { plugin } = start({ Dockerfile: dockerfile })
    const env = {
      PLUGIN_REPO: 'ghcr.io/acme/app',
      PLUGIN_PASSWORD: 'hunter-two',
      PLUGIN_USERNAME: 'ann',
      PLUGIN_SECRET: 'id=token,env=MY_TOKEN',
      MY_TOKEN: 'sesame-seed',
      PLUGIN_HARNESS_SELF_HOSTED_S3_SECRET_KEY: 'bucket-key',
    }
    for (const args of [['--plan'], ['--plan', '--json'], []]) {
      const { code, out, err } = await plugin(env, '--as', 'docker', ...args)
      expect(code).toBe(0)
      expect(`${out}${err}`).not.toMatch(/hunter-two|sesame-seed|bucket-key/)
    }
  })

  it('says with --plan, or --dry-run, what it would do, and does nothing', async () => {
    const { plugin, inspect, project } = start()
    const env = { PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_TAGS: '1', PLUGIN_TAR_PATH: 'image.tar' }
    for (const flag of ['--plan', '--dry-run']) {
      const { code, out } = await plugin(env, '--as', 'kaniko', flag)
      expect([code, out]).toEqual([
        0,
        expect.stringContaining(`push to ghcr.io/acme/app:1\nwrite the archive ${project.dir}/image.tar\ntool kaniko: --as: the plugin kaniko\n`),
      ])
    }
    expect([project.exists('image.tar'), (await inspect('ghcr.io/acme/app:1')).code]).toEqual([false, 1])
    const json = JSON.parse((await plugin(env, '--as', 'kaniko', '--plan', '--json')).out) as { readonly plan: object }
    expect(json).toMatchObject({ kind: 'image', plan: { kind: 'job', job: { mode: 'build-and-push' } }, tool: { name: 'kaniko' } })
  })

  it('lists the variables of each plugin with their defaults', async () => {
    const { plugin } = start()
    const help = async (name: string) => (await plugin({}, '--as', name, '--help')).out
    expect(await help('kaniko-ecr')).toContain('PLUGIN_SNAPSHOT_MODE\n')
    expect(await help('kaniko-ecr')).toContain('AWS region of the repository. (text; default us-east-1)')
    expect(await help('docker')).not.toContain('PLUGIN_SNAPSHOT_MODE')
    expect(await help('docker')).toContain('PLUGIN_DRY_RUN, PLUGIN_NO_PUSH\n')
    expect(await help('buildx')).toContain('PLUGIN_BAKE_FILE\n')
    expect(await help('acr')).toContain('CLIENT_ID')
    const unknown = await plugin({}, '--as', 'heroku')
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('[PLUGIN_FAMILY_UNKNOWN]')])
  })

  it.each(['docker', 'buildx', 'kaniko'])('leaves the files that %s is asked for, with what the registry has', async (name) => {
    const { plugin, project } = start()
    const { code, out } = await plugin({ PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_TAGS: '1,2', ...reports }, '--as', name)
    expect([code, project.files().filter((file) => file.startsWith('made/')).length]).toEqual([0, 6])
    const digest = digestOf(out) ?? ''
    const artifact = `{
\t"kind": "docker/v1",
\t"data": {
\t\t"registryType": "Docker",
\t\t"registryUrl": "https://ghcr.io",
\t\t"images": [
\t\t\t{
\t\t\t\t"image": "ghcr.io/acme/app:1",
\t\t\t\t"digest": "${digest}"
\t\t\t},
\t\t\t{
\t\t\t\t"image": "ghcr.io/acme/app:2",
\t\t\t\t"digest": "${digest}"
\t\t\t}
\t\t]
\t}
}`
    expect(project.read('made/artifact.json')).toBe(artifact)
    expect(project.read('made/output.env')).toMatch(new RegExp(`^digest="${digest}"$`, 'm'))
    expect([project.read('made/digest'), project.read('made/names')]).toEqual([digest, `ghcr.io/acme/app:1@${digest}\nghcr.io/acme/app:2@${digest}\n`])
    expect(JSON.parse(project.read('made/metadata.json'))).toMatchObject({ 'containerimage.digest': digest })
    expect(JSON.parse(project.read('made/card.json'))).toMatchObject({ data: { RepoDigests: [`ghcr.io/acme/app@${digest}`] } })
  })

  it('gives outputs of a build that pushes nothing, and the path of its archive', async () => {
    const { plugin, project } = start()
    const { code, out } = await plugin({ PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'image.tar', ...reports }, '--as', 'kaniko-gar')
    expect(code).toBe(0)
    expect(project.read('made/output.env')).toContain(`digest="${digestOf(out)}"`)
    expect(project.read('made/output.env')).toContain(`IMAGE_TAR_PATH="${project.path('image.tar')}"`)
  })

  it('does not fail over a report that cannot be written', async () => {
    const { plugin } = start({ file: 'no folder' })
    const { code, out } = await plugin(
      { PLUGIN_REPO: 'ghcr.io/acme/app', DRONE_OUTPUT: 'file/output.env', PLUGIN_ARTIFACT_FILE: 'file/a.json' },
      '--as',
      'kaniko',
    )
    expect([code, out.match(/REPORT_NOT_WRITTEN/g)?.length]).toEqual([0, 2])
  })

  it('puts the card into its log for a runner that looks for it there', async () => {
    const { plugin } = start()
    const { code, out } = await plugin({ PLUGIN_REPO: 'ghcr.io/acme/app', DRONE_CARD_PATH: '/dev/stdout' }, '--as', 'docker')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the mark of a card
    const [, card = ''] = /^\u001b\]1338;([\w+/=]+)\u001b\]0m$/m.exec(out) ?? []
    expect([code, JSON.parse(Buffer.from(card, 'base64').toString('utf8'))]).toEqual([0, expect.objectContaining({ data: expect.anything() })])
  })

  it('is the plugin whose name it was started by', () => {
    const { project } = start()
    symlinkSync(join(root, 'slipway'), project.path('kaniko-gcr'))
    const env = { ...process.env, PLUGIN_REPO: 'acme/app', SLIPWAY_HOME: project.path('home') }
    const out = execFileSync(project.path('kaniko-gcr'), ['--plan'], { cwd: project.dir, env, encoding: 'utf8' })
    expect(out).toContain('push to gcr.io/acme/app:latest\ntool kaniko: --as: the plugin kaniko-gcr\n')
  })

  it('stops at Ctrl-C in the middle of a push', async () => {
    const stop = new AbortController()
    const registry = await sabotaged((request) => {
      if (request.method !== 'PUT' && request.method !== 'PATCH') return false
      stop.abort()
      return true
    })
    const { project, home } = start()
    const env = { PLUGIN_REPO: 'ghcr.io/acme/app', PLUGIN_INSECURE: 'true' }
    const world = testWorld({ cwd: project.dir, home, env, signal: stop.signal })
    const { code, out, err } = await world.run('plugin', '--map', `ghcr.io=http://${registry}`)
    expect([code, out.includes('pushed'), err]).toEqual([130, false, 'aborted\n'])
  })

  it('stops at Ctrl-C with its exit code, and without a word of a defect', async () => {
    const { project, home } = start()
    const stopped = new AbortController()
    stopped.abort()
    const { code, err } = await testWorld({ cwd: project.dir, home, env: { PLUGIN_REPO: 'ghcr.io/acme/app' }, signal: stopped.signal }).run('plugin')
    expect([code, err]).toEqual([130, 'aborted\n'])
  })
})
