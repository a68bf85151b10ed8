/** The engine's answer to a load: one JSON object per line. It says 200 before it has read the archive, so errors come in here too. */
import type { Readable } from 'node:stream'
import { problem } from '../base/problem.ts'
import { jsonLines } from './json-lines.ts'
import { parseLoadLine } from './schema.ts'

/** The names in the order in which the engine tells them. Throws DOCKER_LOAD_FAILED. */
export async function readLoadAnswer(body: Readable, engine: string): Promise<readonly string[]> {
  const names: string[] = []
  for await (const line of jsonLines(body)) {
    const { stream, error } = parseLoadLine(line)
    if (error !== undefined) throw problem('DOCKER_LOAD_FAILED', { engine, reason: error })
    for (const [, name] of (stream ?? '').matchAll(/^Loaded image(?: ID)?: (\S+)$/gm)) if (name !== undefined) names.push(name)
  }
  if (names.length === 0) throw problem('DOCKER_LOAD_FAILED', { engine, reason: 'it names no image that it loaded' })
  return names
}
