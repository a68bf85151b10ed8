/** Ends the run when another process asks for it: `slipway runs abort`, or the page. What Ctrl-C does once and twice. */
import type { RunId } from '../../events/run-event.ts'
import type { World } from '../world.ts'

export async function heedStops(run: RunId, { tools, home, interrupt }: World): Promise<{ end(): Promise<void> }> {
  const stops = await tools.stops(home)
  const over = new AbortController()
  const heeding = (async () => {
    const first = await stops.wait(run, { signal: over.signal })
    interrupt()
    if (first === 'in good order') await stops.wait(run, { after: first, signal: over.signal })
    interrupt()
  })().catch(() => undefined)
  return {
    async end() {
      over.abort(new Error('the run is over'))
      await heeding
      await stops.forget(run)
    },
  }
}
