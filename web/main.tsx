/** Starts the page. */
import { render } from 'preact'
import { App } from './frame/app.tsx'
import { askServer } from './frame/server.ts'
import { listenToKeys } from './frame/shortcuts.ts'
import { startTheme } from './frame/theme.ts'
import { followLinks } from './navigation.ts'

startTheme()
followLinks()
listenToKeys()
void askServer()
const root = document.getElementById('page')
if (root !== null) render(<App />, root)
