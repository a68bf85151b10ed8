/** The head of every page: where one is, and where else one may go. */
import { route } from '../navigation.ts'
import { Icon } from '../ui/icon.tsx'
import { helpOpen } from './help.tsx'
import { server } from './server.ts'
import { theme, toggleTheme } from './theme.ts'

export function Head() {
  const { kind } = route.value
  const dark = theme.value === 'dark'
  return (
    <header class="head">
      <a class="brand" href="/runs">
        <svg viewBox="0 0 28 20" width="28" height="20" aria-hidden="true">
          <path class="hull" d="M3 3h19l-3.5 7H8z" />
          <path class="way" d="M1 13.5l26 5" />
        </svg>
        Slipway
      </a>
      <nav aria-label="Pages">
        <a href="/runs" aria-current={kind === 'runs' || kind === 'run' || kind === 'compare' ? 'page' : undefined}>
          Runs
        </a>
        <a href="/pipelines" aria-current={kind === 'pipelines' || kind === 'start' ? 'page' : undefined}>
          Pipelines
        </a>
      </nav>
      <span class="spring" />
      {server.value?.readOnly === true && <span class="badge still">Only to look at</span>}
      <button type="button" class="quiet icon-only" title={`${dark ? 'Light' : 'Dark'} (t)`} onClick={toggleTheme}>
        <Icon name={dark ? 'sun' : 'moon'} />
        <span class="unseen">{dark ? 'Light' : 'Dark'}</span>
      </button>
      <button type="button" class="quiet icon-only" title="Keys (?)" onClick={() => (helpOpen.value = true)}>
        <Icon name="help" />
        <span class="unseen">Keys</span>
      </button>
    </header>
  )
}
