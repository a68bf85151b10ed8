/** Files into the pod of a stage and out of it, through the container that is there for it. */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, stat, truncate } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problem } from '../../../base/problem.ts'
import type { ClusterConnection } from '../../../kubernetes-api/connection.ts'
import { execute, executeShort } from '../../../kubernetes-api/exec.ts'
import { madeFolder } from '../../../ports/infrastructure.ts'
import { streamSource } from '../../../tar/byte-source.ts'
import { readTar } from '../../../tar/read-tar.ts'
import { unpackInto } from '../copied/unpack-into.ts'
import type { FarSide } from '../copied/workspace-files.ts'
import { type Beginning, beginScript, begunScript, readBeginnings } from './begin-script.ts'
import { helperName, outside } from './manifest/pod.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface PodPlace {
  readonly cluster: ClusterConnection
  readonly namespace: string
  readonly pod: string
}

/** The oldest protocol cannot end an input, so its length goes before it. All of it is read, whatever becomes of it: nodes wait for that, without end. */
const put = 'head -c "$1" | { tar -x -f - -C "$2"; code=$?; cat > /dev/null; exit $code; }'
const take = `cd ${outside}/"$1" && tar -c -f - $(ls | grep -E '^(out\\..+|outputs|secrets|env)$')`

const most = 16 * 1024 * 1024

/** Puts the files of a step where its container sees them, and lets it begin. `folder`: below the container's own, for a process beside it. */
export async function letStepBegin(
  at: PodPlace,
  o: { readonly container: string; readonly archive: Buffer; readonly folder?: string },
  w: Waiting,
): Promise<void> {
  const command = ['sh', '-c', beginScript(outside), 'sh', String(o.archive.length), '', o.container, o.folder ?? '']
  await at.cluster.patiently(() => at.cluster.short.pass(() => insist(at, { container: helperName, command, input: o.archive }, w)), w)
}

/** What was begun in the pod so far, by whomever. */
export async function beginningsIn(at: PodPlace, w: Waiting): Promise<readonly Beginning[]> {
  const command = ['sh', '-c', begunScript(outside), 'sh']
  const { code, said } = await at.cluster.patiently(() => executeShort(at.cluster, { ...at, container: helperName, command }, w), w)
  if (code !== 0) throw problem('K8S_EXEC_FAILED', { pod: at.pod, container: helperName, command: 'sh', reason: said || `it ended with ${code}` })
  return readBeginnings(said)
}

/** What a step has left to be handed back, into a folder here. */
export async function takeLeft(at: PodPlace, container: string, folder: string, w: Waiting): Promise<void> {
  await at.cluster.patiently(async () => {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const { output, errors, ended } = await execute(at.cluster, { ...at, container: helperName, command: ['sh', '-c', take, 'sh', container] }, w)
    errors.resume()
    const read = async (): Promise<void> => {
      for await (const { entry, body } of readTar(streamSource(output), w))
        if (entry.kind === 'file') await writeSome(join(folder, basename(entry.path)), entry.size, body)
    }
    await read().catch(async (error: unknown) => {
      // Half an archive of a line that was cut is no damage.
      await ended
      throw error
    })
    await ended
  }, w)
}

/** What the step of a container has left in its folder for that. */
export async function takeMade(at: PodPlace, container: string, folder: string, w: Waiting): Promise<void> {
  await at.cluster.patiently(async () => {
    const command = ['tar', '-c', '-f', '-', '-C', `${madeFolder}/${container}`, '.']
    const { output, errors, ended } = await execute(at.cluster, { ...at, container: helperName, command }, w)
    errors.resume()
    await unpackInto(folder, output, w).catch(async (error: unknown) => {
      // Half an archive of a line that was cut is no damage.
      await ended
      throw error
    })
    const code = await ended
    if (code !== 0) throw problem('K8S_EXEC_FAILED', { pod: at.pod, container: helperName, command: 'tar', reason: `it ended with ${code}` })
  }, w)
}

/** Of a file that is too large only the size is kept: whoever collects it refuses it. */
async function writeSome(file: string, size: number, body: () => AsyncIterable<Buffer>): Promise<void> {
  await pipeline(Readable.from(size > most ? [] : body(), { objectMode: false }), createWriteStream(file, { mode: 0o600 }))
  if (size > most) await truncate(file, size)
}

/** The workspace in the pod. `folder`: here, for what has to have a length before it is sent. */
export function podSide(at: PodPlace, folder: string): FarSide {
  return {
    async put(tar, w) {
      const file = join(folder, `sent-${crypto.randomUUID()}.tar`)
      try {
        await pipeline(tar, createWriteStream(file, { mode: 0o600 }), { signal: w.signal })
        const { size } = await stat(file)
        const command = ['sh', '-c', put, 'sh', String(size), '/']
        await at.cluster.patiently(() => insist(at, { container: helperName, command, input: createReadStream(file) }, w), w)
      } finally {
        await rm(file, { force: true })
      }
    },
    async get(w) {
      const { output, errors, ended } = await at.cluster.patiently(
        () => execute(at.cluster, { ...at, container: helperName, command: ['tar', '-c', '-f', '-', '-C', '/', 'harness'] }, w),
        w,
      )
      errors.resume()
      const tar = new PassThrough()
      // Ends well only if the command did: half an archive is none. GNU tar says 1 where a file changed meanwhile.
      pipeline(output, tar, { end: false }).then(
        () => ended.then((code) => (code <= 1 ? tar.end() : tar.destroy(new Error(`tar ended with ${code}`)))).catch((error: Error) => tar.destroy(error)),
        (error: Error) => tar.destroy(error),
      )
      return tar
    },
  }
}

async function insist(at: PodPlace, o: Omit<Parameters<typeof executeShort>[1], 'namespace' | 'pod'>, w: Waiting): Promise<void> {
  const { code, said } = await executeShort(at.cluster, { ...o, ...at }, w)
  if (code !== 0) throw problem('K8S_EXEC_FAILED', { pod: at.pod, container: o.container, command: 'tar', reason: said || `it ended with ${code}` })
}
