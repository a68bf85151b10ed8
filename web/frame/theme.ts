/** Light or dark: what the machine says, unless a person has chosen here. */
import { signal } from '@preact/signals'

export type Theme = 'light' | 'dark'
const place = 'slipway.theme'

const machine = matchMedia('(prefers-color-scheme: dark)')
const chosen = signal<Theme | undefined>(read())
export const theme = signal<Theme>('light')

export function startTheme(): void {
  machine.addEventListener('change', show)
  show()
}

export function toggleTheme(): void {
  chosen.value = theme.value === 'dark' ? 'light' : 'dark'
  try {
    localStorage.setItem(place, chosen.value)
  } catch {}
  show()
}

function show(): void {
  theme.value = chosen.value ?? (machine.matches ? 'dark' : 'light')
  document.documentElement.dataset['theme'] = theme.value
}

function read(): Theme | undefined {
  try {
    const said = localStorage.getItem(place)
    return said === 'dark' || said === 'light' ? said : undefined
  } catch {
    return undefined
  }
}
