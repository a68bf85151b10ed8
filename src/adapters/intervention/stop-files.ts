/** Stops as files of the data folder, named for the run: it looks for them while it runs. */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { RunId } from '../../events/run-event.ts'
import { ifPresent } from '../../media/file-errors.ts'
import type { Stop, Stops } from '../../ports/stops.ts'

const endings = { 'in good order': 'stop', now: 'now' } as const satisfies Record<Stop, string>

export function stopFiles({ dir, everyMs = 250 }: { readonly dir: string; readonly everyMs?: number }): Stops {
  const fileOf = (run: RunId, stop: Stop): string => join(dir, `${run}.${endings[stop]}`)
  const asked = async (run: RunId, stop: Stop): Promise<boolean> => (await ifPresent(stat(fileOf(run, stop)))) !== undefined
  return {
    async ask(run, stop) {
      await mkdir(dir, { recursive: true, mode: 0o700 })
      await writeFile(fileOf(run, stop), '', { mode: 0o600 })
    },
    async wait(run, { after, signal }) {
      for (;;) {
        signal.throwIfAborted()
        if (await asked(run, 'now')) return 'now'
        if (after === undefined && (await asked(run, 'in good order'))) return 'in good order'
        await pause(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
      }
    },
    async forget(run) {
      for (const stop of ['in good order', 'now'] as const) await rm(fileOf(run, stop), { force: true })
    },
  }
}
