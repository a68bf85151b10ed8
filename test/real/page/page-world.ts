/** A real `slipway serve` over pipelines in a folder of its own, with the page that it builds when that is older than its sources, and runs beside it as terminals start them. */
import { join } from 'node:path'
import process from 'node:process'
import { root } from '../../../tools/support/root.ts'
import { freePort, type RealProcess, startProcess } from '../../support/real-process.ts'
import { type Files, type TempProject, tempProject } from '../../support/temp-project.ts'
import { type Ran, runProgram } from '../support/run-program.ts'

export interface PageWorld {
  readonly url: string
  readonly project: TempProject
  /** A command to its end. */
  slipway(...args: readonly string[]): Promise<Ran>
  /** A run in the background; resolves when it is in the list. */
  begin(...args: readonly string[]): Promise<{ readonly run: string; readonly process: RealProcess }>
  /** The newest run of a pipeline. */
  newest(pipeline: string): Promise<string>
  stopServer(): Promise<void>
  /** On the same port. */
  startServer(): Promise<void>
  stop(): Promise<void>
}

const hub = `connectors:
  - connector: { identifier: hub, name: hub, type: DockerRegistry, spec: { dockerRegistryUrl: "https://index.docker.io/v2/", providerType: DockerHub, auth: { type: Anonymous } } }
`

export async function pageWorld(files: Files, o: { readonly serve?: readonly string[] } = {}): Promise<PageWorld> {
  const project = tempProject({ '.slipway/config.yaml': hub, ...files })
  const home = tempProject()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const command = ['--disable-warning=ExperimentalWarning', join(root, 'src', 'main', 'cli.ts')]
  const env = { SLIPWAY_HOME: home.dir, NO_COLOR: '1' }
  const started: RealProcess[] = []
  let server: RealProcess | undefined

  const ids = async (): Promise<readonly { readonly run: string; readonly pipelineName: string }[]> => {
    const answer = (await (await fetch(`${url}/api/runs`)).json()) as { readonly runs: readonly { readonly run: string; readonly pipelineName: string }[] }
    return answer.runs
  }
  const world: PageWorld = {
    url,
    project,
    slipway: (...args) => runProgram(process.execPath, [...command, ...args], { cwd: project.dir, env }),
    async begin(...args) {
      const before = new Set((await ids()).map(({ run }) => run))
      let found: string | undefined
      const ready = async (): Promise<boolean> => {
        found = (await ids()).find(({ run }) => !before.has(run))?.run
        return found !== undefined
      }
      const running = await startProcess({ program: process.execPath, args: [...command, ...args], cwd: project.dir, env, ready, readyWithinMs: 60_000 })
      started.push(running)
      return { run: found ?? '', process: running }
    },
    async newest(pipeline) {
      const found = (await ids()).find(({ pipelineName }) => pipelineName === pipeline)
      if (found === undefined) throw new Error(`no run of ${pipeline}`)
      return found.run
    },
    async stopServer() {
      await server?.stop()
      server = undefined
    },
    async startServer() {
      const ready = async (): Promise<boolean> => (await fetch(`${url}/api/server`)).ok
      const args = [...command, 'serve', '.', '--listen', `127.0.0.1:${port}`, ...(o.serve ?? [])]
      server = await startProcess({ program: process.execPath, args, cwd: project.dir, env, ready, readyWithinMs: 60_000 })
    },
    async stop() {
      await Promise.all([...started, ...(server === undefined ? [] : [server])].map((one) => one.stop()))
      project.remove()
      home.remove()
    },
  }
  await world.startServer()
  return world
}
