/** What the keys do: the answer to `?`. */
import { signal } from '@preact/signals'
import { Dialog } from '../ui/dialog.tsx'
import { shortcutGroups } from './shortcuts.ts'

export const helpOpen = signal(false)

export function Help() {
  if (!helpOpen.value) return null
  return (
    <Dialog
      title="Keys"
      onClose={() => {
        helpOpen.value = false
      }}
    >
      <div class="keys">
        {shortcutGroups.value.map(({ title, shortcuts }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {shortcuts.map(({ keys, about }) => (
                <div key={keys}>
                  <dt>
                    {keys.split(' ').map((key) => (
                      <kbd key={key}>{shown[key] ?? key}</kbd>
                    ))}
                  </dt>
                  <dd>{about}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

const shown: Readonly<Record<string, string>> = { Escape: 'Esc', Enter: '↵', ArrowUp: '↑', ArrowDown: '↓' }
