/** `slipway validate FILE|DIR…`: everything that is wrong with pipeline files, all at once, without running anything. */
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hasErrors } from '../../base/diagnostic.ts'
import { planner } from '../../plan/planner.ts'
import { countText, type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { type FileFindings, type MachineFormat, machineFormats } from '../formats.ts'
import { loadPipeline } from '../load-pipeline.ts'
import { nameValues } from '../name-value.ts'
import { readFacts } from '../read-facts.ts'
import type { World } from '../world.ts'

export interface ValidateOptions {
  readonly input: readonly string[]
  readonly format: 'text' | MachineFormat
  readonly strict?: boolean
}

export async function validateCommand(names: readonly string[], o: ValidateOptions, world: World): Promise<ExitCode> {
  const findings: FileFindings[] = []
  for (const name of await filesOf(names, world)) findings.push(await validateOne(name, o, world))
  if (o.format !== 'text') await world.stdout.write(machineFormats[o.format](findings))
  const all = findings.flatMap((file) => file.diagnostics)
  return hasErrors(all) || (o.strict === true && all.some((d) => d.severity === 'warning')) ? exitCodes.problems : exitCodes.done
}

/** Validation plans too: an expression that cannot work is found before a run, not in it. */
async function validateOne(name: string, o: ValidateOptions, world: World): Promise<FileFindings> {
  const loaded = await loadPipeline(name, nameValues('--input', o.input), world)
  const diagnostics = [...loaded.diagnostics]
  if (loaded.pipeline !== undefined) {
    const facts = await readFacts({ var: [] }, loaded.config, world)
    diagnostics.push(...planner(loaded.pipeline, { file: name, facts }).plan().diagnostics)
  }
  if (o.format === 'text') {
    await printDiagnostics(diagnostics, loaded.sources, world)
    await world.stdout.write(`${name}: ${diagnostics.length === 0 ? 'ok' : countText(diagnostics)}\n`)
  }
  return { file: name, diagnostics }
}

/** A folder stands for the YAML files directly in it. */
async function filesOf(names: readonly string[], world: World): Promise<readonly string[]> {
  const files: string[] = []
  for (const name of names) {
    const path = resolve(world.cwd, name)
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => false,
    )
    if (!isFolder) files.push(name)
    else for (const entry of (await readdir(path)).sort()) if (/\.ya?ml$/.test(entry)) files.push(join(name, entry))
  }
  return files
}
