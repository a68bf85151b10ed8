/** `slipway runner`: what the pod of a run starts. */
import { type ExitCode, exitCodes } from '../failures.ts'
import type { World } from '../world.ts'

export async function hostRunner(world: World): Promise<ExitCode> {
  world.orderly()
  await world.tools.hostRunner(world)
  return exitCodes.done
}
