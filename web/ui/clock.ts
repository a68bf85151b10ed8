/** The time, once a second while something under way is shown: whoever reads it is drawn again. */
import { signal } from '@preact/signals'

export const now = signal(Date.now())

setInterval(() => {
  if (document.visibilityState === 'visible') now.value = Date.now()
}, 1000)
