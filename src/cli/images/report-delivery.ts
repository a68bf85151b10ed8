/** What became of each target, for people and as JSON, and the exit code that follows. */
import { type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import type { World } from '../world.ts'
import type { Delivered } from './deliver-to.ts'

/** Names given in the image store stand before the targets. */
export async function reportDelivery(results: readonly Delivered[], o: { readonly json?: boolean }, world: World): Promise<ExitCode> {
  if (o.json === true) await world.stdout.write(`${JSON.stringify(results.map(resultJson), null, 2)}\n`)
  else for (const result of results) await report(result, world)
  return results.some((result) => result.kind === 'failed') ? exitCodes.problems : exitCodes.done
}

async function report(result: Delivered, world: World): Promise<void> {
  if (result.kind === 'failed') return printDiagnostics([result.problem.diagnostic], [], world)
  await world.stdout.write(`${result.name}  ${result.digest}  ${result.kind === 'skipped' ? 'left alone, exists' : result.how}\n`)
}

function resultJson(result: Delivered): object {
  const { name: ref, kind } = result
  if (kind === 'failed') return { ref, result: kind, code: result.problem.code, message: result.problem.message }
  return { ref, result: kind, digest: result.digest, ...(kind === 'delivered' && result.facts) }
}
