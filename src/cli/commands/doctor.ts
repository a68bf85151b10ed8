/** `slipway doctor`: what this machine can do for builds, why no more, and the command that would change it. */
import { type ExitCode, exitCodes } from '../failures.ts'
import { runAdvice, rungTexts } from '../run-advice.ts'
import type { World } from '../world.ts'

interface DoctorOptions {
  readonly json?: boolean
}

/** It fails where no RUN is possible. */
export async function doctorCommand(o: DoctorOptions, world: World): Promise<ExitCode> {
  const ability = await world.tools.runAbility(world.home, world)
  const { rung, reasons } = ability
  const advice = runAdvice(ability)
  const code = rung === undefined ? exitCodes.problems : exitCodes.done
  if (o.json === true) {
    await world.stdout.write(`${JSON.stringify({ run: { rung: rung ?? null, reasons, advice } }, null, 2)}\n`)
    return code
  }
  const lines = [
    rung === undefined ? 'RUN: not possible here' : `RUN: rung ${rung}, ${rungTexts[rung] ?? ''}`,
    ...(reasons.length === 0 ? [] : [rung === undefined ? '  because:' : '  no better one, because:', ...reasons.map((reason) => `    ${reason}`)]),
    ...(advice.length === 0 ? [] : ['  better with:', ...advice.map((line) => `    ${line}`)]),
    '  what each rung keeps in and what it does not: docs/sandbox.md',
  ]
  await world.stdout.write(`${lines.join('\n')}\n`)
  return code
}
