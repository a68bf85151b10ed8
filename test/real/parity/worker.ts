/**
 * Builds cases on the rung on which it was started: in a user namespace, or in a container. Arguments: a folder for its store, and where the bases
 * are. It is asked and answers in lines: by messages of the process that started it, else by its standard input and output.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { deserialize, serialize } from 'node:v8'
import { type FailureParcel, packFailure } from '../../../src/adapters/builders/rootless/failure-parcel.ts'
import { type ImageParcel, packImage } from '../../../src/adapters/builders/rootless/image-parcel.ts'
import { namespaceSandbox } from '../../../src/builder/exec/namespaces.ts'
import type { Ability, Sandbox } from '../../../src/builder/exec/sandbox.ts'
import { emptyImage } from '../../../src/builder/rootfs/erofs/empty-image.ts'
import { forcedSandbox } from '../../../src/main/forced-rung.ts'
import { baseClient } from './base-client.ts'
import { buildHere, type Given } from './ours.ts'

interface Asked {
  readonly id: number
  readonly given: Given
}

export type Told =
  | { readonly kind: 'ready'; readonly ability: Ability }
  | { readonly kind: 'image'; readonly id: number; readonly image: ImageParcel }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: FailureParcel }

export function toLine(value: Asked | Told): string {
  return serialize(value).toString('base64')
}

export function fromLine(line: string): unknown {
  return deserialize(Buffer.from(line, 'base64'))
}

/** Tried out, as a build does. */
export async function abilityOf(sandbox: Sandbox, folder: string): Promise<Ability> {
  mkdirSync(folder, { recursive: true })
  const probed = mkdtempSync(join(folder, 'probe-'))
  const image = join(probed, 'empty.erofs')
  writeFileSync(image, emptyImage())
  return sandbox.probe(probed, { image, signal: new AbortController().signal })
}

async function serve(storeDir: string, mirror: string): Promise<void> {
  const sandbox = forcedSandbox(process.env, { inNamespace: process.send !== undefined }) ?? namespaceSandbox()
  const { open } = baseClient(mirror)
  const answer = async ({ id, given }: Asked): Promise<Told> => {
    try {
      const ours = await buildHere(given, { sandbox, storeDir, open })
      if (ours.kind === 'image') return { kind: 'image', id, image: await packImage(ours.image) }
      return { kind: 'failed', id, failure: packFailure(ours.problem) }
    } catch (error) {
      return { kind: 'failed', id, failure: packFailure(error) }
    }
  }
  const tell = (told: Told): void => {
    if (process.send === undefined) process.stdout.write(`${toLine(told)}\n`)
    else process.send(toLine(told))
  }
  const hear = (line: unknown): void => void answer(fromLine(String(line)) as Asked).then(tell)
  tell({ kind: 'ready', ability: await abilityOf(sandbox, storeDir) })
  if (process.send === undefined) createInterface(process.stdin).on('line', hear)
  else process.on('message', hear).on('disconnect', () => process.exit())
}

if (import.meta.main) await serve(process.argv[2] ?? '', process.argv[3] ?? '')
