/** What a container's launcher is asked for, and the files that come with it, as one archive. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessSpec } from '../../../ports/infrastructure.ts'
import { type TarItem, writeTar } from '../../../tar/write-tar.ts'
import { fileItem } from '../docker/keeper-image.ts'
import { pipelineEnvironment } from '../local/step-environment.ts'
import type { StepFolder } from '../local/step-folder.ts'
import { beginningFile } from './begin-script.ts'
import { workspace } from './manifest/pod.ts'
import { placedFiles } from './placed-files.ts'

export interface Asked {
  /** Here: the script and what wraps it. */
  readonly folder: string
  readonly spec: ProcessSpec
  readonly argvs: readonly (readonly string[])[]
  readonly env: StepFolder['env']
  /** Which of all that were begun in the pod it is. */
  readonly order: number
}

/** Small: it is held in memory, since its length has to be known. */
export async function stepArchive({ folder, spec, argvs, env, order }: Asked, o: { readonly signal: AbortSignal }): Promise<Buffer> {
  const variables = { ...pipelineEnvironment(spec, workspace), ...env }
  const request = requestOf(argvs, variables, ['outputs', 'secrets', 'env', ...spec.outputs.map((name) => `out.${name}`)])
  const files: TarItem[] = readdirSync(folder).map((name) => fileItem(name, readFileSync(join(folder, name)), statSync(join(folder, name)).mode & 0o777))
  const about = fileItem(beginningFile, Buffer.from(`${order} ${spec.name}`), 0o644)
  // Read by the first process of the container, whoever that is; nobody else sees the folder.
  return Buffer.concat(await writeTar([...files, ...placedFiles(spec), about, fileItem('request', request, 0o644)], o).toArray())
}

/** As `launcher.c` reads it. */
export function requestOf(argvs: readonly (readonly string[])[], env: Readonly<Record<string, string>>, mayBeLeft: readonly string[]): Buffer {
  const words = [
    String(mayBeLeft.length),
    ...mayBeLeft,
    String(argvs.length),
    ...argvs.flatMap((argv) => [String(argv.length), ...argv]),
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
  ]
  // A NUL cannot be part of an argument or a variable; the kernel would end the text there, too.
  return Buffer.from(words.map((word) => `${word.replaceAll('\0', '')}\0`).join(''))
}
