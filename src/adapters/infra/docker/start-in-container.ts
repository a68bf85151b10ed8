/** One step in a container of its own: made, given its files, started, listened to, and taken away with what it hands back. */
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { isProblem, problem } from '../../../base/problem.ts'
import type { DockerEngine } from '../../../docker-api/engine.ts'
import type { Labels } from '../../../docker-api/labels.ts'
import type { EngineImage } from '../../../docker-api/schema.ts'
import type { StepExit } from '../../../events/outcome.ts'
import type { OutputChunk, ProcessSpec, StepEnd, StepImage } from '../../../ports/infrastructure.ts'
import { streamSource } from '../../../tar/byte-source.ts'
import { readTar } from '../../../tar/read-tar.ts'
import { type TarItem, writeTar } from '../../../tar/write-tar.ts'
import { exitOfStatus } from '../local/room/start-in-room.ts'
import { pipelineEnvironment } from '../local/step-environment.ts'
import { programMissing, type StepFolder, stepFolder } from '../local/step-folder.ts'
import { readFrames } from './frames.ts'
import { type ImageUser, imageUser } from './image-user.ts'
import { fileItem, folderItem } from './keeper-image.ts'
import { askAllToEnd, parseReport, startStep, type Told } from './programs.ts'
import type { StageContainer } from './stage-container.ts'
import { type ImageSources, stepImageIn } from './step-images.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface StepNeeds extends ImageSources {
  readonly stage: StageContainer
  readonly labels: Labels
  /** For the step's files, on this machine; not there yet. */
  readonly folder: string
  readonly note: (note: Diagnostic) => void
}

export interface StepContainer {
  readonly output: AsyncIterable<OutputChunk>
  /** The container is gone then. */
  readonly end: Promise<StepEnd>
  /** Politely, and for good after `graceMs`. Safe to call at any time. */
  stop(graceMs: number): void
}

const workspace = '/harness'
const inside = '/run/slipway'
const [launcher, ender, report, asked] = [`${inside}/start`, `${inside}/end`, `${inside}/report`, `${inside}/asked`]
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const removeMs = 30_000
const makeMs = 60_000

export async function startInContainer(spec: ProcessSpec & { readonly image: StepImage }, o: StepNeeds, w: Waiting): Promise<StepContainer> {
  const { containers } = o.engine
  const image = await stepImageIn(spec.image, { ...o, ...w })
  const script = await stepFolder(spec, { here: o.folder, inside })
  const argvs = script.argvs.length > 0 ? script.argvs : [ownProgram(image, spec.image)]
  w.signal.throwIfAborted()
  // Not under the signal: the engine would make it all the same, and nobody would know of it.
  const id = await containers.create(containerOf(spec.image, image, o), { signal: AbortSignal.timeout(makeMs) })
  try {
    w.signal.throwIfAborted()
    const user = imageUser(spec.image.user ?? image.user, await passwdOf(id, o.engine, w))
    const env = { ...environmentOf(image, user), ...pipelineEnvironment(spec, workspace), ...script.env }
    await containers.put(id, '/', writeTar(await filesOf(o, startStep({ report, asked, argvs, env }, o.stage.cpu)), w), w)
    await o.stage.files.lend(user, w)
    // Until the container has ended, whatever becomes of the signal.
    const output = await containers.attach(id, { signal: new AbortController().signal })
    await containers.start(id, w)
    const told = (): Promise<Told | undefined> => takeBack(id, o)
    return running(id, output, { spec, argvs, told, collect: script.collect, o })
  } catch (error) {
    await containers.remove(id, { signal: AbortSignal.timeout(removeMs) })
    throw error
  }
}

function ownProgram({ entrypoint, cmd }: EngineImage, { reference }: StepImage): readonly string[] {
  const own = [...entrypoint, ...cmd]
  if (own.length === 0) throw problem('STEP_IMAGE_WITHOUT_COMMAND', { image: reference })
  return own
}

function containerOf({ user, privileged, limits, reference }: StepImage, image: EngineImage, o: StepNeeds) {
  if (privileged) o.note(diagnose('STEP_PRIVILEGED_CONTAINER', { image: reference }))
  return {
    image: image.id,
    program: [launcher],
    cwd: workspace,
    labels: o.labels,
    network: o.stage.network,
    mounts: o.stage.mounts,
    privileged,
    ...(user !== undefined && { user }),
    ...(limits?.memoryBytes !== undefined && { memoryBytes: limits.memoryBytes }),
    ...(limits?.cpus !== undefined && { nanoCpus: Math.round(limits.cpus * 1e9) }),
  }
}

async function passwdOf(id: string, engine: DockerEngine, w: Waiting): Promise<string> {
  const tar = await engine.containers.get(id, '/etc/passwd', w)
  if (tar === undefined) return ''
  try {
    for await (const { entry, body } of readTar(streamSource(tar), w)) {
      if (entry.kind === 'file' && entry.size < 1024 * 1024) return Buffer.concat(await Array.fromAsync(body())).toString('utf8')
    }
    return ''
  } finally {
    tar.destroy()
  }
}

function environmentOf(image: EngineImage, { home }: ImageUser): Record<string, string> {
  const own = image.env.map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)] as const)
  return { PATH: defaultPath, HOME: home, ...Object.fromEntries(own) }
}

async function filesOf({ folder, stage }: StepNeeds, start: Buffer): Promise<readonly TarItem[]> {
  const place = inside.slice(1)
  const script = await Promise.all(
    (await readdir(folder)).map(async (name) =>
      fileItem(`${place}/${name}`, await readFile(join(folder, name)), (await stat(join(folder, name))).mode & 0o777),
    ),
  )
  // The user of an image may be anybody; nobody else is in the container.
  return [
    folderItem(place, 0o777),
    ...script,
    // To be executed, not to be read: it holds what may be secret.
    fileItem(launcher.slice(1), start, 0o711),
    fileItem(ender.slice(1), askAllToEnd(asked, stage.cpu), 0o755),
  ]
}

interface Running {
  readonly spec: ProcessSpec
  readonly argvs: readonly (readonly string[])[]
  /** How the step ended, as its first process says; what else it left is in the step's folder then. */
  readonly told: () => Promise<Told | undefined>
  readonly collect: StepFolder['collect']
  readonly o: StepNeeds
}

function running(id: string, output: Readable, r: Running): StepContainer {
  const { containers } = r.o.engine
  const quiet = { signal: new AbortController().signal }
  let killer: NodeJS.Timeout | undefined
  let killed = false
  let over = false
  const kill = (): void => {
    killed = true
    containers.kill(id, 'SIGKILL', quiet).catch(() => undefined)
  }
  const ended = async (): Promise<StepEnd> => {
    try {
      await containers.wait(id, quiet)
      over = true
      const [state, told] = [await containers.state(id, quiet), await r.told()]
      return { exit: exitOf(state, told, r), ...(await r.collect()) }
    } catch (error) {
      // Somebody else may have taken the container away.
      if (killed && isProblem(error, 'DOCKER_REFUSED')) return { exit: { kind: 'killed', signal: 'SIGKILL' }, ...(await r.collect()) }
      throw error
    } finally {
      over = true
      clearTimeout(killer)
      await containers.remove(id, { signal: AbortSignal.timeout(removeMs) })
      await rm(r.o.folder, { recursive: true, force: true })
    }
  }
  return {
    output: readFrames(output),
    end: ended(),
    stop(graceMs) {
      if (over) return
      if (graceMs > 0) containers.execute(id, [ender], { ...quiet, user: '0' }).catch(() => undefined)
      else kill()
      killer ??= setTimeout(kill, graceMs)
    },
  }
}

function exitOf(state: { readonly exitCode: number; readonly outOfMemory: boolean }, told: Told | undefined, { spec, argvs }: Running): StepExit {
  if (told?.kind === 'failed') throw notStarted(told.error, spec, argvs)
  const exit: StepExit =
    told !== undefined ? exitOfStatus(told.status) : state.exitCode > 128 ? exitOfStatus(state.exitCode - 128) : { kind: 'exited', code: state.exitCode }
  return state.outOfMemory && exit.kind === 'killed' ? { kind: 'out-of-memory' } : exit
}

function notStarted(error: string, spec: ProcessSpec, argvs: Running['argvs']): Error {
  const programs = argvs.map(([program = '']) => program)
  const absent = error === 'ENOENT' || error === 'ENOTDIR'
  if (absent && programs.every((name) => !name.includes('/'))) return programMissing(spec, programs)
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'the image does not have it, or not what it needs to start',
    EACCES: 'it may not be executed',
    'error 8': 'it is no program for this CPU',
  }
  return problem('STEP_START_FAILED', { program: `${programs.join(' or ')} in the image ${spec.image?.reference ?? ''}`, reason: reasons[error] ?? error })
}

const most = 16 * 1024 * 1024

/** Brings the files of the step back to its folder here; answers what the first process told. */
async function takeBack(id: string, { engine, folder }: StepNeeds): Promise<Told | undefined> {
  const w = { signal: new AbortController().signal }
  const tar = await engine.containers.get(id, inside, w)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (tar === undefined) return undefined
  let told: Told | undefined
  for await (const { entry, body } of readTar(streamSource(tar), w)) {
    const name = basename(entry.path)
    if (entry.kind !== 'file' || entry.path.split('/').length !== 2) continue
    if (name === basename(report)) told = parseReport(Buffer.concat(await Array.fromAsync(body())))
    else if (/^(out\..+|outputs|secrets|env)$/.test(name)) await writeSome(join(folder, name), entry.size, body)
  }
  return told
}

/** Of a file that is too large only the size is kept: whoever collects it refuses it. */
async function writeSome(file: string, size: number, body: () => AsyncIterable<Buffer>): Promise<void> {
  await pipeline(Readable.from(size > most ? [] : body(), { objectMode: false }), createWriteStream(file, { mode: 0o600 }))
  if (size > most) await truncate(file, size)
}
