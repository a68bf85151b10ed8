/** What a command scans, by whatever people call it: an image anywhere, a folder of files, or a bill of materials. */
import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Problem } from '../../base/problem.ts'
import { type Platform, parsePlatform } from '../../oci/platform.ts'
import type { ScanTarget } from '../../ports/scanner.ts'
import { openSource, type SourceOptions } from '../images/open-source.ts'
import type { World } from '../world.ts'

export interface OpenedTarget {
  readonly target: ScanTarget
  close(): Promise<void>
}

export async function openTarget(text: string, o: SourceOptions & { readonly platform?: string }, world: World): Promise<OpenedTarget> {
  const path = resolve(world.cwd, text)
  const facts = await stat(path).catch(() => undefined)
  const nothing = { close: async () => undefined }
  if (facts?.isDirectory() === true && !(await isLayout(path))) return { target: { kind: 'folder', name: text, folder: path }, ...nothing }
  if (facts?.isFile() === true && (await startsLikeJson(path))) return { target: { kind: 'sbom', name: text, file: path }, ...nothing }
  const opened = await openSource(text, o, world)
  // With a choice among several the file says less than the view.
  const file = opened.kind === 'archive' && o.image === undefined ? { file: opened.name } : {}
  return {
    target: { kind: 'image', name: opened.kind === 'archive' ? text : opened.name, view: opened.view, platform: platformOf(o.platform, world), ...file },
    close: () => opened.close(),
  }
}

function platformOf(text: string | undefined, world: World): Platform {
  if (text === undefined) return world.platform
  const parsed = parsePlatform(text)
  if (!parsed.ok) throw new Problem(parsed.diagnostics[0] as NonNullable<(typeof parsed.diagnostics)[0]>)
  return parsed.value
}

async function isLayout(path: string): Promise<boolean> {
  return (await stat(resolve(path, 'oci-layout')).catch(() => undefined)) !== undefined
}

/** A bill of materials; no archive begins with a brace. */
async function startsLikeJson(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0)
    return buffer
      .subarray(0, bytesRead)
      .toString('latin1')
      .replace(/^\u00EF\u00BB\u00BF/, '')
      .trimStart()
      .startsWith('{')
  } finally {
    await file.close()
  }
}
