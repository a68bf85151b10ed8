/** The frame around every page: the head, the page that the address names, keys, words of the moment. */

import { unreachable } from '../../src/base/unreachable.ts'
import { go, route } from '../navigation.ts'
import type { Route } from '../router.ts'
import { RunPage } from '../run/run-page.tsx'
import { RunsPage } from '../runs/runs-page.tsx'
import { Empty } from '../ui/empty.tsx'
import { Head } from './head.tsx'
import { Help, helpOpen } from './help.tsx'
import { lazily } from './lazily.tsx'
import { locked } from './server.ts'
import { useShortcuts } from './shortcuts.ts'
import { SignIn } from './sign-in.tsx'
import { toggleTheme } from './theme.ts'
import { Toasts } from './toasts.tsx'

// What is not looked at first comes when it is.
const PipelinesPage = lazily(() => import('../pipelines/pipelines-page.tsx').then((all) => all.PipelinesPage))
const StartPage = lazily(() => import('../start/start-page.tsx').then((all) => all.StartPage))
const ComparePage = lazily(() => import('../compare/compare-page.tsx').then((all) => all.ComparePage))

export function App() {
  useShortcuts('Everywhere', [
    {
      keys: '?',
      about: 'these keys',
      run: () => {
        helpOpen.value = true
      },
    },
    { keys: 'g r', about: 'runs', run: () => go('/runs') },
    { keys: 'g p', about: 'pipelines', run: () => go('/pipelines') },
    { keys: 't', about: 'light or dark', run: toggleTheme },
  ])
  return (
    <>
      <a class="skip" href="#main">
        To the content
      </a>
      <Head />
      <main id="main" tabIndex={-1}>
        {locked.value ? <SignIn /> : pageOf(route.value)}
      </main>
      <Help />
      <Toasts />
    </>
  )
}

function pageOf(here: Route) {
  switch (here.kind) {
    case 'runs':
      return <RunsPage route={here} />
    case 'run':
      return <RunPage key={here.run} route={here} />
    case 'pipelines':
      return <PipelinesPage />
    case 'start':
      return <StartPage key={here.pipeline} route={here} />
    case 'compare':
      return <ComparePage key={here.runs.join()} route={here} />
    case 'nowhere':
      return (
        <Empty title="There is no such page">
          <code>{here.path}</code> leads nowhere. <a href="/runs">See the runs</a>
        </Empty>
      )
    default:
      return unreachable(here)
  }
}
