/** A step that builds and pushes with secrets: as argument of the build, as secret of the build, as password. They are in nothing that stays. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setInterval as every } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { basicAuth } from '../../src/registry/server/access-rule.ts'
import { configText, dockerConnector, imagePipeline } from '../support/image-pipeline.ts'
import { embeddedRegistry } from '../support/registry/embedded.ts'
import { needs } from '../support/skip.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

const secret = 'sesame-open-0815'
const password = 'pw-of-ann-0815'

/** Every file below a folder, packed ones unpacked too. */
function contents(dir: string): readonly (readonly [string, Buffer])[] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.flatMap(({ parentPath, name }) => {
    const bytes = readFileSync(join(parentPath, name))
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b
    return packed ? [[name, bytes] as const, [`${name}, unpacked`, gunzipSync(bytes)] as const] : [[name, bytes] as const]
  })
}

function holders(dirs: readonly string[]): readonly string[] {
  const hidden = [secret, password, Buffer.from(`ann:${password}`).toString('base64')]
  return dirs.flatMap(contents).flatMap(([name, bytes]) => (hidden.some((word) => bytes.includes(word)) ? [name] : []))
}

/** The arguments of every process while something runs. */
async function argumentsDuring<T>(work: Promise<T>): Promise<{ readonly result: T; readonly seen: ReadonlySet<string> }> {
  const seen = new Set<string>()
  const stop = new AbortController()
  const watch = (async () => {
    for await (const _tick of every(15, undefined, { signal: stop.signal }))
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
        } catch {
          // It has ended.
        }
      }
  })().catch(() => undefined)
  const result = await work
  stop.abort()
  await watch
  return { result, seen }
}

describe('secrets of an image step', needs(process.platform === 'linux', 'processes are looked up in /proc'), () => {
  it('are in no argument, log, database, layer, configuration or report', { timeout: 120_000 }, async () => {
    const { registry, dir: served } = await embeddedRegistry({ auth: basicAuth({ ann: password }) })
    const spec = {
      connectorRef: 'own',
      repo: `${registry}/app`,
      tags: ['1'],
      buildArgs: { TOKEN: '<+secrets.getValue("token")>' },
      envDockerSecrets: { token: '<+secrets.getValue("token")>' },
      labels: { shown: 'label' },
    }
    const reports = ['PLUGIN_ARTIFACT_FILE', 'PLUGIN_METADATA_FILE', 'PLUGIN_DIGEST_FILE', 'DRONE_CARD_PATH', 'DRONE_OUTPUT', 'PLUGIN_TAR_PATH']
    const project = tempProject({
      Dockerfile: 'FROM scratch\nARG TOKEN\nCOPY Dockerfile /made\nLABEL known=$TOKENS\n',
      '.slipway/config.yaml': configText({ own: dockerConnector(`http://${registry}`, 'ann') }),
    })
    const env = Object.fromEntries(reports.map((name) => [name, project.path('made', name)]))
    project.write({ 'p.yaml': imagePipeline({ spec, env }) })
    const home = tempProject().dir
    const work = slipwayHere(
      project.dir,
      { HOME: project.dir, SLIPWAY_HOME: home, SLIPWAY_SECRET_TOKEN: secret, SLIPWAY_SECRET_PW_ANN: password },
      'run',
      'p.yaml',
    )
    const { result, seen } = await argumentsDuring(work)
    expect([result.code, `${result.out}${result.err}`]).toEqual([0, expect.not.stringMatching(/sesame|pw-of-ann/)])
    expect([...seen].filter((args) => args.includes(secret) || args.includes(password))).toEqual([])
    expect(readdirSync(project.path('made')).toSorted()).toEqual(reports.toSorted())
    expect(holders([home, served, project.path('made')])).toEqual([])
    // The search finds what is there.
    project.write({ 'made/leak': `x${secret}` })
    expect(holders([project.path('made')])).toEqual(['leak'])
  })

  it('are told of, with their places, where the Dockerfile puts them into the configuration', async () => {
    const spec = { repo: 'acme/shown', tags: ['1'], connectorRef: 'own', buildArgs: { TOKEN: '<+secrets.getValue("token")>' } }
    const project = tempProject({
      Dockerfile: 'FROM scratch\nARG TOKEN\nCOPY Dockerfile /made\nENV SHOWN=$TOKEN OTHER=x\nLABEL also="see $TOKEN"\nCMD ["run", "$TOKEN"]\n',
      '.slipway/config.yaml': configText({ own: dockerConnector('https://index.docker.io/v1/') }),
      'p.yaml': imagePipeline({ spec, env: { PLUGIN_NO_PUSH: 'true' } }),
    })
    const { code, out, err } = await slipwayHere(project.dir, { HOME: project.dir, SLIPWAY_SECRET_TOKEN: secret }, 'run', 'p.yaml', '--output', 'plain')
    expect([code, `${out}${err}`]).toEqual([0, expect.stringContaining('holds a secret, for everybody to see: ENV SHOWN, LABEL also [IMAGE_SHOWS_SECRET]')])
    expect(`${out}${err}`).not.toContain(secret)
  })
})
