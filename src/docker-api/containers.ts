/** Containers of the engine: made, started, listened to, and taken away again. */
import type { Readable } from 'node:stream'
import type { EngineConnection } from './connection.ts'
import { type ContainerState, parseContainers, parseExec, parseMade, parseState, parseWaited } from './container-schema.ts'
import { filtersOf, type Labels } from './labels.ts'
import type { Labelled } from './volumes.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface ContainerMount {
  /** `bind`: a path of the engine's machine, which has to be there. */
  readonly type: 'bind' | 'volume'
  readonly source: string
  readonly target: string
}

export interface ContainerSpec {
  /** Name or ID; it has to be there. */
  readonly image: string
  readonly program: readonly string[]
  /** Absent: the image's. */
  readonly user?: string
  readonly cwd?: string
  readonly labels: Labels
  /** `bridge`, `host`, `none`, or `container:ID`. */
  readonly network: string
  /** Names for this machine's own address; of a container with a network of its own only. */
  readonly hosts?: readonly string[]
  readonly hostName?: string
  readonly mounts: readonly ContainerMount[]
  readonly privileged?: boolean
  readonly memoryBytes?: number
  readonly nanoCpus?: number
}

export interface Containers {
  create(spec: ContainerSpec, o: Waiting): Promise<string>
  start(id: string, o: Waiting): Promise<void>
  /** Both outputs in frames, until the container ends. Ask before it is started, or what it says first is lost. */
  attach(id: string, o: Waiting): Promise<Readable>
  /** Until it does not run any more. */
  wait(id: string, o: Waiting): Promise<number>
  state(id: string, o: Waiting): Promise<ContainerState>
  /** One that has ended is left alone. */
  kill(id: string, signal: string, o: Waiting): Promise<void>
  /** Also while it runs, with the volumes that have no name. One that is not there has been removed. */
  remove(id: string, o: Waiting): Promise<void>
  /** Runs a program beside the others of a running container and answers its exit code. */
  execute(id: string, program: readonly string[], o: Waiting & { readonly user?: string }): Promise<number>
  /** Unpacks a tar into a folder of the container, running or not. */
  put(id: string, folder: string, tar: Readable, o: Waiting): Promise<void>
  /** A file or folder as a tar; undefined when it is not there. */
  get(id: string, path: string, o: Waiting): Promise<Readable | undefined>
  list(label: string, value: string, o: Waiting): Promise<readonly Labelled[]>
}

export function containersOf(connection: EngineConnection): Containers {
  const { name } = connection
  const post = async (path: string, what: string, o: Waiting, more: { readonly body?: object; readonly accept?: readonly number[] } = {}) =>
    connection.ask(
      { method: 'POST', path, what, accept: more.accept ?? [200, 201, 204], ...(more.body !== undefined && { body: JSON.stringify(more.body) }) },
      o,
    )
  return {
    create: async (spec, o) => parseMade(await (await post('/containers/create', `a container of ${spec.image}`, o, { body: bodyOf(spec) })).json(), name),
    start: async (id, o) => (await post(`/containers/${id}/start`, 'the start of a container', o, { accept: [204, 304] })).discard(),
    attach: async (id, o) => leavable((await post(`/containers/${id}/attach?stream=1&stdout=1&stderr=1`, 'the output of a container', o)).body),
    wait: async (id, o) => parseWaited(await (await post(`/containers/${id}/wait`, 'the end of a container', o)).json(), name),
    state: async (id, o) => parseState(await connection.json(`/containers/${id}/json`, 'the state of a container', o), name),
    kill: async (id, signal, o) => {
      const answer = await post(`/containers/${id}/kill?signal=${signal}`, 'the end of a container', o, { accept: [204, 404, 409] })
      await answer.discard()
    },
    remove: async (id, o) => {
      const path = `/containers/${id}?force=1&v=1`
      const answer = await connection.ask({ method: 'DELETE', path, what: 'the end of a container', accept: [204, 404, 409] }, o)
      await answer.discard()
    },
    async execute(id, program, { user, ...o }) {
      const body = { Cmd: program, AttachStdout: true, AttachStderr: true, ...(user !== undefined && { User: user }) }
      const exec = parseMade(await (await post(`/containers/${id}/exec`, 'a program in a container', o, { body })).json(), name)
      await (await post(`/exec/${exec}/start`, 'a program in a container', o, { body: { Detach: false, Tty: false } })).discard()
      return parseExec(await connection.json(`/exec/${exec}/json`, 'the end of a program', o), name)
    },
    async put(id, folder, tar, o) {
      const path = `/containers/${id}/archive?${new URLSearchParams({ path: folder })}`
      const headers = { 'content-type': 'application/x-tar' }
      await (await connection.ask({ method: 'PUT', path, what: 'room for files', accept: [200], headers, body: tar }, o)).discard()
    },
    async get(id, file, o) {
      const path = `/containers/${id}/archive?${new URLSearchParams({ path: file })}`
      const answer = await connection.ask({ method: 'GET', path, what: file, accept: [200, 404] }, o)
      if (answer.status === 200) return leavable(answer.body)
      await answer.discard()
      return undefined
    },
    list: async (label, value, o) => parseContainers(await connection.json(`/containers/json?all=1&${filtersOf(label, value)}`, 'its containers', o), name),
  }
}

/** Who has seen enough of it goes away, and that is no error. Who reads on hears of errors all the same. */
function leavable(body: Readable): Readable {
  return body.on('error', () => undefined)
}

/** No log is kept by the engine: what a step prints may be secret until it is masked. */
function bodyOf(spec: ContainerSpec): object {
  const { memoryBytes } = spec
  return {
    Image: spec.image,
    Entrypoint: spec.program,
    Cmd: [],
    Labels: spec.labels,
    AttachStdout: true,
    AttachStderr: true,
    Healthcheck: { Test: ['NONE'] },
    ...(spec.user !== undefined && { User: spec.user }),
    ...(spec.cwd !== undefined && { WorkingDir: spec.cwd }),
    ...(spec.hostName !== undefined && { Hostname: spec.hostName }),
    HostConfig: {
      NetworkMode: spec.network,
      LogConfig: { Type: 'none' },
      Mounts: spec.mounts.map(({ type, source, target }) => ({
        Type: type,
        Source: source,
        Target: target,
        ...(type === 'volume' && { VolumeOptions: { NoCopy: true } }),
      })),
      Privileged: spec.privileged ?? false,
      ...(spec.hosts !== undefined && { ExtraHosts: spec.hosts.map((host) => `${host}:127.0.0.1`) }),
      // Without swap a limit is what it says.
      ...(memoryBytes !== undefined && { Memory: memoryBytes, MemorySwap: memoryBytes }),
      ...(spec.nanoCpus !== undefined && { NanoCpus: spec.nanoCpus }),
    },
  }
}
