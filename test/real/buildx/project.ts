/** A folder with pipelines whose registries are on this machine, and the program that runs them. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { basicAuth } from '../../../src/registry/server/access-rule.ts'
import { createRegistry } from '../../../src/registry/server/create-registry.ts'
import { root } from '../../../tools/support/root.ts'
import { configText, dockerConnector } from '../../support/image-pipeline.ts'
import { slipwayHere } from '../../support/slipway-here.ts'
import { writeSmallBase } from '../steps/small-base.ts'

export interface Ran {
  readonly code: number | null
  readonly out: string
}

export interface Project {
  readonly folder: string
  readonly home: string
  write(files: Readonly<Record<string, string>>): void
  /** In this process; as one of its own where `onStart` asks for it. */
  slipway(args: readonly string[], o?: { readonly env?: Readonly<Record<string, string>>; readonly onStart?: (pid: number) => void }): Promise<Ran>
  /** Under the folder: what is run is the pipeline of these steps. */
  run(steps: object, o?: Parameters<Project['slipway']>[1] & { readonly engine?: string }): Promise<Ran>
  /** Arguments of all processes of this machine that were seen while it ran. */
  watched<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly seen: string }>
  close(): Promise<void>
}

const signal = new AbortController().signal

/** Docker Hub and ghcr.io are registries here; the first has the base image `busybox:1`, as closed.example has it for the connector `closed`. */
export async function project(busybox: string, env: Readonly<Record<string, string>>): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-buildx-'))
  const [hub, ghcr] = [createRegistry({ dir: join(folder, 'hub'), durability: 'fast' }), createRegistry({ dir: join(folder, 'ghcr'), durability: 'fast' })]
  // What Docker Hub's has, for one person only.
  const closed = createRegistry({ dir: join(folder, 'hub'), durability: 'fast', auth: basicAuth({ ann: 's:cret' }) })
  const hosts = [
    { match: 'closed.example', endpoint: (await closed.listen({ port: 0, signal })).url },
    { match: 'docker.io', endpoint: (await hub.listen({ port: 0, signal })).url },
    { match: 'ghcr.io', endpoint: (await ghcr.listen({ port: 0, signal })).url },
  ]
  const work = join(folder, 'work')
  const home = join(folder, 'data')
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(work, name)), { recursive: true })
      writeFileSync(join(work, name), text)
    }
  }
  write({
    '.slipway/config.yaml': configText(
      { hub: dockerConnector('https://index.docker.io/v2/'), closed: dockerConnector('https://closed.example', 'ann') },
      hosts,
    ),
  })
  const slipway: Project['slipway'] = async (args, o = {}) => {
    const own = { ...env, SLIPWAY_HOME: home, SLIPWAY_SECRET_PW_ANN: 's:cret', ...o.env }
    if (o.onStart === undefined) {
      const { code, out, err } = await slipwayHere(work, own, ...args)
      return { code, out: `${out}${err}` }
    }
    const cli = ['--disable-warning=ExperimentalWarning', join(root, 'src/main/cli.ts'), ...args]
    const child = spawn(process.execPath, cli, { cwd: work, env: own })
    if (child.pid !== undefined) o.onStart(child.pid)
    let out = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        out += text
      })
    return new Promise((resolve) => void child.on('close', (code) => resolve({ code, out })))
  }
  writeSmallBase(join(folder, 'base'), busybox)
  // What a daemon would otherwise make where it mounts.
  for (const name of ['dev', 'proc', 'sys']) mkdirSync(join(folder, 'base/rootfs', name))
  for (const name of ['hosts', 'resolv.conf', 'hostname']) writeFileSync(join(folder, 'base/rootfs/etc', name), '')
  for (const args of [
    ['build', '-t', 'docker.io/library/busybox:1', join(folder, 'base')],
    ['push', 'docker.io/library/busybox:1', 'docker.io/library/busybox:1'],
  ]) {
    const { code, out } = await slipway(args)
    if (code !== 0) throw new Error(out)
  }
  return {
    folder: work,
    home,
    write,
    slipway,
    async run(steps, { engine = 'buildx', ...o } = {}) {
      write({ 'pipeline.yaml': pipelineOf(steps) })
      return slipway(['run', 'pipeline.yaml', '--engine', engine, '--output', 'plain'], o)
    },
    async watched(run) {
      const seen = new Set<string>()
      const timer = setInterval(() => {
        for (const line of commandLines()) seen.add(line)
      }, 20)
      try {
        return { value: await run(), seen: [...seen].join('\n') }
      } finally {
        clearInterval(timer)
      }
    },
    async close() {
      await hub.close()
      await closed.close()
      await ghcr.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** JSON is YAML. */
function pipelineOf(steps: object): string {
  const spec = { cloneCodebase: true, platform: { os: 'Linux', arch: 'Amd64' }, execution: { steps } }
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage: { identifier: 's', name: 's', type: 'CI', spec } }] } })
}

/** `env` goes before the network of the machine, which is the only one that the daemons of the tests have. */
export function imageStep(identifier: string, spec: object, env: Readonly<Record<string, string>> = {}): object {
  const envVariables = { PLUGIN_BUILDX_OPTIONS: '--network=host', ...env }
  return { step: { identifier, name: identifier, type: 'BuildAndPushDockerRegistry', spec: { connectorRef: 'hub', ...spec, envVariables } } }
}

export function commandLines(): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')] : []
    } catch {
      return []
    }
  })
}
