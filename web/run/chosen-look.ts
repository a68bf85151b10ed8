/** Whether steps are looked at as a list or as a graph: as it was last time. */
import { effect, signal } from '@preact/signals'

export type StepsLook = 'list' | 'graph'
const place = 'slipway.steps'

export const chosenView = signal<StepsLook>(read())

effect(() => {
  try {
    localStorage.setItem(place, chosenView.value)
  } catch {}
})

function read(): StepsLook {
  try {
    return localStorage.getItem(place) === 'graph' ? 'graph' : 'list'
  } catch {
    return 'list'
  }
}
