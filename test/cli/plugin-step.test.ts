/** Plugin steps that name image plugins, in a real run: nothing is pulled or started, and later steps have their outputs. */
import { describe, expect, it } from 'vitest'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const config = 'hosts: [{match: ghcr.io, endpoint: "embedded:ghcr"}]\n'
const plugin = (identifier: string, image: string, settings: object) => ({
  step: { identifier, name: identifier, type: 'Plugin', spec: { connectorRef: 'account.unknown', image, settings } },
})
const tell = { step: { identifier: 'tell', name: 'tell', type: 'Run', spec: { command: 'echo "told <+steps.build.output.outputVariables.digest>"' } } }

async function run(...steps: readonly object[]) {
  const stage = { identifier: 's', name: 's', type: 'CI', spec: { cloneCodebase: true, platform: { os: 'Linux' }, execution: { steps } } }
  const { dir } = tempProject({
    'p.yaml': JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage }] } }, null, 1),
    '.slipway/config.yaml': config,
    Dockerfile: 'FROM scratch\nCOPY Dockerfile /made\n',
  })
  const world = testWorld({ cwd: dir })
  const ran = await world.run('run', 'p.yaml', '--codebase', dir)
  const digest = async (ref: string) => (JSON.parse((await world.run('inspect', ref, '--json')).out) as { readonly digest: string }).digest
  return { ...ran, digest }
}

describe('Plugin steps with image plugins', { timeout: 60_000 }, () => {
  it('build, keep and push without the image of the plugin, say so once, and hand their digest on', async () => {
    const { code, out, err, digest } = await run(
      plugin('build', 'mirror.example/plugins/kaniko:1.9.1', { repo: 'ghcr.io/acme/app', tags: ['1', '2'], tar_path: 'out/image.tar' }),
      plugin('again', 'plugins/buildx', { repo: 'ghcr.io/acme/other', tags: 'x', push_only: true, source_tar_path: '/harness/out/image.tar' }),
      tell,
    )
    expect([code, err]).toEqual([0, ''])
    expect(out.match(/PLUGIN_RUN_DIRECTLY/g)?.length).toBe(2)
    const pushed = await digest('ghcr.io/acme/app:2')
    expect([await digest('ghcr.io/acme/app:1'), await digest('ghcr.io/acme/other:x')]).toEqual([pushed, pushed])
    expect(out).toContain(`told ${pushed}`)
  })

  it('are refused before anything runs when their settings make no sense', async () => {
    const { code, out, err } = await run(plugin('build', 'plugins/ecr', { repo: 'app', no_push: 'sometimes' }))
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('[SETTINGS_NOT_A_FLAG]')
  })
})
