/** The cases whose layers are recorded for the unit tests, built again by both. UPDATE_GOLDEN=1 records them again. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { type Recorded, record, recorded, recordedEntries, writeArchives, writeContext } from '../../../../src/builder/parity-fixture.ts'
import type { Image } from '../../../../src/oci/views.ts'
import type { Case } from '../case.ts'

export interface RecordedCase extends Case {
  writeContext(folder: string): void
  /** BuildKit's image, for the recording. */
  keep(image: Image): Promise<void>
}

const recording = process.env['UPDATE_GOLDEN'] === '1'
const kept = new Map<string, Recorded>()

const groups = ['scratch', 'base', 'more', 'dockerignore'] as const

export const recordedCases: readonly RecordedCase[] = groups.flatMap((group) => recorded(group).map((one) => caseOf(group, one)))

function caseOf(group: (typeof groups)[number], one: Recorded): RecordedCase {
  return {
    name: `${group}: ${one.name}`,
    dockerfile: one.dockerfile,
    ...(one.args !== undefined && { args: one.args }),
    ...(one.fails && { fails: { code: '', line: 0 } }),
    writeContext: (folder) => {
      writeContext(folder)
      if (group === 'more') writeArchives(folder)
      if (one.dockerignore !== undefined) writeFileSync(join(folder, '.dockerignore'), one.dockerignore)
    },
    keep: async (image) => {
      if (recording) kept.set(keyOf(group, one), await recordedFrom(image, one))
    },
  }
}

async function recordedFrom(image: Image, { name, dockerfile, args, dockerignore, config: wanted }: Recorded): Promise<Recorded> {
  const config = await image.config()
  const layers = await Promise.all((await image.layers()).map(recordedEntries))
  const told = (config.history ?? []).map((line) => (line.created_by ?? '') + (line.empty_layer ? ' (empty)' : ''))
  return {
    name,
    dockerfile,
    ...(args !== undefined && { args }),
    ...(dockerignore !== undefined && { dockerignore }),
    layers,
    ...(wanted !== undefined && { config: config.config ?? {}, ...(config.author !== undefined && { author: config.author }), history: told }),
  }
}

/** When all have been built. */
export function writeRecording(): void {
  if (recording)
    for (const group of groups)
      record(
        group,
        recorded(group).map((one) => kept.get(keyOf(group, one)) ?? one),
      )
}

function keyOf(group: string, { name, dockerfile, dockerignore }: Recorded): string {
  return JSON.stringify([group, name, dockerfile, dockerignore])
}
