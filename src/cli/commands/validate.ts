/** `slipway validate FILE…`: everything that is wrong with pipeline files, all at once, without running anything. */
import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts'
import { planner } from '../../plan/planner.ts'
import { countText, type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { loadPipeline } from '../load-pipeline.ts'
import { nameValues } from '../name-value.ts'
import { readFacts } from '../read-facts.ts'
import type { World } from '../world.ts'

export interface ValidateOptions {
  readonly input: readonly string[]
  readonly format: 'text' | 'json'
  readonly strict?: boolean
}

export async function validateCommand(names: readonly string[], o: ValidateOptions, world: World): Promise<ExitCode> {
  const found: { readonly file: string; readonly diagnostics: readonly Diagnostic[] }[] = []
  for (const name of names) {
    const loaded = await loadPipeline(name, nameValues('--input', o.input), world)
    const diagnostics = [...loaded.diagnostics]
    if (loaded.pipeline !== undefined)
      diagnostics.push(...planner(loaded.pipeline, { file: name, facts: await readFacts({ var: [] }, loaded.config, world) }).plan().diagnostics)
    found.push({ file: name, diagnostics })
    if (o.format === 'text') {
      await printDiagnostics(diagnostics, loaded.sources, world)
      await world.stdout.write(`${name}: ${diagnostics.length === 0 ? 'ok' : countText(diagnostics)}\n`)
    }
  }
  if (o.format === 'json') await world.stdout.write(`${JSON.stringify(found, null, 2)}\n`)
  const all = found.flatMap((file) => file.diagnostics)
  const bad = hasErrors(all) || (o.strict === true && all.some((d) => d.severity === 'warning'))
  return bad ? exitCodes.problems : exitCodes.done
}
