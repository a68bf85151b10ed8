/**
 * A whole pipeline with secrets everywhere: a command, a build that mounts them and takes one as an argument, an archive, pushes of it to two registries
 * that want passwords. Afterwards they are looked for wherever anything was written, and meanwhile in the arguments of every process of the machine.
 */
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basicAuth } from '../../../src/registry/server/access-rule.ts'
import { root } from '../../../tools/support/root.ts'
import { configText, dockerConnector } from '../../support/image-pipeline.ts'
import { real } from '../../support/real.ts'
import { embeddedRegistry } from '../../support/registry/embedded.ts'
import { needs, promised } from '../../support/skip.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { type RealRegistry, startRegistry } from '../registry/start-registry.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const program = real('docker-registry', { apt: 'docker-registry' })
const found = busybox.missing === undefined ? program.options : busybox.options
const options = process.getuid?.() === 0 ? found : promised('ci', needs(false, 'RUN as root needs root'))

/** Of the user ann; its hash is what the registry is given. */
const annsPassword = 's:cret'
const hash = '$2y$05$C8nGIYR4NNPcZ.lySIZaMe7QFoX35/wTyvvnTofYkx.E8Ulhv7vXy'
const secrets = {
  TOKEN: 'token-sesame-0815',
  COMMAND: 'command-sesame-0815',
  CONF: 'conf-sesame-0815\nsecond-line-sesame-0815',
  PW_ANN: annsPassword,
  PW_BOB: 'bobs-sesame-0815',
}
/** Each line of each, as it is, as base64, and as registries are sent it. */
const words = [
  ...Object.values(secrets).flatMap((value) => value.split('\n')),
  ...Object.values(secrets).map((value) => Buffer.from(value).toString('base64')),
  Buffer.from(`ann:${annsPassword}`).toString('base64'),
  Buffer.from(`bob:${secrets.PW_BOB}`).toString('base64'),
]

const dockerfile = `FROM scratch
COPY busybox /bin/sh
COPY busybox /bin/busybox
ARG TOKEN
RUN busybox test -n "$TOKEN" && echo "argument $TOKEN"
RUN --mount=type=secret,id=token --mount=type=secret,id=conf,target=/conf \\
  echo "mounted $(busybox cat /run/secrets/token) and $(busybox cat /conf)" && busybox sleep 1
`

const secretOf = (name: string): string => `<+secrets.getValue("${name.toLowerCase()}")>`

function pipeline(hosts: readonly string[], made: (file: string) => string): string {
  const step = (identifier: string, type: string, spec: object) => ({ step: { identifier, name: identifier, type, spec } })
  const command = `echo "shell ${secretOf('COMMAND')}"; echo "variable $PW"; sleep 1; export OUT="$PW"`
  const say = step('say', 'Run', {
    shell: 'Sh',
    command,
    envVariables: { PW: secretOf('COMMAND') },
    outputVariables: [{ name: 'OUT', type: 'Secret', value: 'OUT' }],
  })
  const reports = (id: string) => ({
    PLUGIN_ARTIFACT_FILE: made(`${id}/artifact.json`),
    PLUGIN_METADATA_FILE: made(`${id}/metadata.json`),
    PLUGIN_CACHE_METRICS_FILE: made(`${id}/metrics.json`),
    DRONE_CARD_PATH: made(`${id}/card.json`),
    DRONE_OUTPUT: made(`${id}/output.env`),
  })
  const build = step('build', 'BuildAndPushDockerRegistry', {
    connectorRef: 'one',
    repo: 'acme/app',
    tags: ['1'],
    buildArgs: { TOKEN: secretOf('TOKEN') },
    envDockerSecrets: { token: secretOf('TOKEN') },
    fileDockerSecrets: { conf: secretOf('CONF') },
    labels: { shown: 'label' },
    envVariables: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: made('image.tar'), ...reports('build') },
  })
  const pushes = hosts.map((host, i) =>
    step(`push${i}`, 'BuildAndPushDockerRegistry', {
      connectorRef: ['one', 'two'][i],
      repo: `${host}/acme/app`,
      tags: ['1', 'latest'],
      envVariables: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: made('image.tar'), ...reports(`push${i}`) },
    }),
  )
  const spec = { cloneCodebase: true, platform: { os: 'Linux', arch: 'Amd64' }, execution: { steps: [say, build, { parallel: pushes }] } }
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage: { identifier: 's', name: 's', type: 'CI', spec } }] } })
}

/** Every file below, plain and, when it is gzip, unpacked. */
function* contents(folder: string): Generator<readonly [string, Buffer]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const bytes = readFileSync(file)
    yield [file, bytes]
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) yield [`${file} (unpacked)`, gunzipSync(bytes)]
  }
}

async function argumentsDuring(work: Promise<unknown>): Promise<string> {
  const seen = new Set<string>()
  let over = false
  void work.finally(() => {
    over = true
  })
  while (!over) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
      } catch {
        // It has ended.
      }
    }
    await wait(20)
  }
  return [...seen].join('\n')
}

function holders(pieces: Iterable<readonly [string, Buffer]>): readonly string[] {
  return [...pieces].flatMap(([name, bytes]) => words.filter((word) => bytes.includes(word)).map((word) => `${word} in ${name}`))
}

describe('a pipeline with secrets everywhere', options, () => {
  let project: TempProject
  let registry: RealRegistry
  beforeAll(async () => {
    registry = await startRegistry(program.path, { htpasswd: `ann:${hash}\n` })
    project = tempProject({ 'code/Dockerfile': dockerfile })
    copyFileSync(busybox.path, project.path('code/busybox'))
  })
  afterAll(async () => {
    await registry?.stop()
    project?.remove()
  })

  it('builds, archives, pushes to two registries, and leaves them nowhere', async () => {
    const second = await embeddedRegistry({ auth: basicAuth({ bob: secrets.PW_BOB }) })
    const made = (file: string): string => project.path('made', file)
    project.write({
      'code/p.yaml': pipeline([registry.host, second.registry], made),
      'code/.slipway/config.yaml': configText({
        one: dockerConnector(`http://${registry.host}`, 'ann'),
        two: dockerConnector(`http://${second.registry}`, 'bob'),
      }),
    })
    const args = ['run', 'p.yaml', '--output', 'plain', '--output', `ndjson=${project.path('events.ndjson')}`, '--output', `junit=${project.path('junit.xml')}`]
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'src/main/cli.ts'), ...args], {
      cwd: project.path('code'),
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: project.path('person'),
        SLIPWAY_HOME: project.path('home'),
        ...Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`SLIPWAY_SECRET_${name}`, value])),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const ended = new Promise<number | null>((done) => child.on('close', done))
    const seen = await argumentsDuring(ended)
    expect([await ended, output]).toEqual([0, expect.stringContaining(`${second.registry}/acme/app:latest`)])

    // The secrets were of use, and printed by those who had them.
    for (const line of ['shell ********', 'variable ********', 'argument ********', 'mounted ******** and ********']) expect(output).toContain(line)
    expect(seen).toContain('busybox')
    const digests = ['push0', 'push1'].map((id) => readFileSync(made(`${id}/output.env`), 'utf8').match(/^digest="(.*)"$/m)?.[1])
    expect([new Set(digests).size, digests[0]]).toEqual([1, expect.stringMatching(/^sha256:/)])
    for (const id of ['build', 'push0', 'push1'])
      expect(JSON.parse(readFileSync(made(`${id}/artifact.json`), 'utf8')).data.images.length).toBe(id === 'build' ? 0 : 2)

    mkdirSync(project.path('unpacked'))
    execFileSync('tar', ['-xf', made('image.tar'), '-C', project.path('unpacked')])
    const kept = ['made', 'home', 'unpacked'].map((name) => project.path(name))
    expect(kept.every((folder) => [...contents(folder)].length > 1)).toBe(true)
    expect(holders([['output', Buffer.from(output)]])).toEqual([])
    expect(holders([['arguments', Buffer.from(seen)]])).toEqual([])
    expect(
      holders([
        ['events.ndjson', readFileSync(project.path('events.ndjson'))],
        ['junit.xml', readFileSync(project.path('junit.xml'))],
      ]),
    ).toEqual([])
    for (const folder of [...kept, registry.data, second.dir]) expect(holders(contents(folder))).toEqual([])
    expect(holders([['log of the registry', Buffer.from(registry.output())]])).toEqual([])
    expect(existsSync(project.path('person/.docker'))).toBe(false)
    // The search finds what is there.
    project.write({ 'made/leak': `x${secrets.TOKEN}` })
    expect(holders(contents(project.path('made')))).toEqual([`${secrets.TOKEN} in ${made('leak')}`])
  }, 120_000)
})
