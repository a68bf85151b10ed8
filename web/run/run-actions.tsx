/** What can be done with a run: end it, run it again, compare it. */
import { useSignal } from '@preact/signals'
import { abort, rerun } from '../api/orders.ts'
import { mayWrite } from '../frame/server.ts'
import { useShortcuts } from '../frame/shortcuts.ts'
import { say, sayFailure } from '../frame/toasts.tsx'
import { go } from '../navigation.ts'
import type { Status } from '../status/status.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { CompareDialog } from './compare-dialog.tsx'
import type { LiveRun } from './live-run.ts'

const underWay: readonly Status[] = ['running', 'queued', 'asking', 'waiting']

export function RunActions({ live, status }: { readonly live: LiveRun; readonly status: Status }) {
  const sure = useSignal(false)
  const comparing = useSignal(false)
  const busy = useSignal(false)
  const going = underWay.includes(status)
  const failed = !going && status !== 'passed' && status !== 'skipped'
  const end = async (): Promise<void> => {
    sure.value = false
    const done = await abort(live.run)
    if (done.ok) say('The run is being ended.')
    else sayFailure(done.failure)
  }
  const again = async (fromFailed: boolean): Promise<void> => {
    busy.value = true
    const started = await rerun(live.run, fromFailed)
    busy.value = false
    if (!started.ok) return sayFailure(started.failure)
    say(fromFailed ? 'Running again from the stage that failed.' : 'Running again.')
    go({ kind: 'run', run: started.value.run, tab: 'steps' })
  }
  const may = mayWrite.value
  useShortcuts('The run', [
    { keys: 'c', about: 'compare with another run', run: () => (comparing.value = true) },
    ...(may && going ? [{ keys: 'x', about: 'end the run', run: () => (sure.value = true) }] : []),
    ...(may && !going ? [{ keys: 'r r', about: 'run again', run: () => void again(false) }] : []),
    ...(may && failed ? [{ keys: 'r f', about: 'run again from the failed stage', run: () => void again(true) }] : []),
  ])
  return (
    <div class="actions">
      <button type="button" class="quiet" onClick={() => (comparing.value = true)}>
        <Icon name="compare" />
        Compare
      </button>
      {may && going && (
        <button type="button" class="danger" onClick={() => (sure.value = true)}>
          <Icon name="stop" />
          Abort
        </button>
      )}
      {may && failed && (
        <button type="button" disabled={busy.value} onClick={() => again(true)}>
          <Icon name="again" />
          Rerun from failed
        </button>
      )}
      {may && !going && (
        <button type="button" class="primary" disabled={busy.value} onClick={() => again(false)}>
          <Icon name="again" />
          Rerun
        </button>
      )}
      {sure.value && (
        <Dialog title="End this run?" onClose={() => (sure.value = false)}>
          <p>Steps at work are asked to end, then ended. What they have pushed stays pushed.</p>
          <div class="answers">
            <button type="button" class="danger" onClick={end}>
              Abort the run
            </button>
            <button type="button" onClick={() => (sure.value = false)}>
              Let it go on
            </button>
          </div>
        </Dialog>
      )}
      {comparing.value && <CompareDialog live={live} onClose={() => (comparing.value = false)} />}
    </div>
  )
}
