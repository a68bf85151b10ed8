/** What scans found, one file for each target and variant in a folder of the data folder. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { problem } from '../../base/problem.ts'
import { writeFileAtomically } from '../../media/atomic-file.ts'
import type { ScanMemory } from '../../ports/scan-parts.ts'
import type { ScanName } from '../../verdict/baseline.ts'

const shape = v.object({ version: v.literal(1), target: v.string(), variant: v.string(), at: v.number(), keys: v.array(v.string()) })

export function folderMemory(dir: string): ScanMemory {
  return {
    async read(name, { signal }) {
      const text = await readFile(fileOf(dir, name), { encoding: 'utf8', signal }).catch((cause: NodeJS.ErrnoException) => {
        signal.throwIfAborted()
        if (cause.code === 'ENOENT') return undefined
        throw unreadable(name, cause.message, cause)
      })
      if (text === undefined) return undefined
      const answer = v.safeParse(shape, parsed(text, name))
      if (!answer.success) throw unreadable(name, answer.issues[0].message)
      return { at: answer.output.at, keys: answer.output.keys }
    },
    async write(name, baseline, { signal }) {
      signal.throwIfAborted()
      await writeFileAtomically(fileOf(dir, name), JSON.stringify({ version: 1, ...name, ...baseline }), { mode: 0o600 })
    },
  }
}

/** Names may hold anything. */
function fileOf(dir: string, { target, variant }: ScanName): string {
  return join(dir, `${createHash('sha256').update(`${target}\0${variant}`).digest('hex')}.json`)
}

function parsed(text: string, name: ScanName): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw unreadable(name, 'it is no JSON', cause)
  }
}

function unreadable({ target, variant }: ScanName, reason: string, cause?: unknown): Error {
  return problem('SCAN_BASELINE_UNREADABLE', { target: `${target} ${variant}`, reason }, { cause })
}
