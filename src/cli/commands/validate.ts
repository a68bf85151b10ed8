/** `slipway validate FILE|DIR…`: everything that is wrong with pipeline files, all at once, without running anything. */
import { hasErrors } from '../../base/diagnostic.ts'
import { planner } from '../../plan/planner.ts'
import { countText, type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { type FileFindings, type MachineFormat, machineFormats } from '../formats.ts'
import { loadPipeline } from '../load-pipeline.ts'
import { nameValues } from '../name-value.ts'
import { pipelineFiles } from '../pipeline-files.ts'
import { readFacts } from '../read-facts.ts'
import type { World } from '../world.ts'

export interface ValidateOptions {
  readonly input: readonly string[]
  readonly format: 'text' | MachineFormat
  readonly strict?: boolean
}

export async function validateCommand(names: readonly string[], o: ValidateOptions, world: World): Promise<ExitCode> {
  const findings: FileFindings[] = []
  for (const name of await pipelineFiles(names, world)) findings.push(await validateOne(name, o, world))
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
