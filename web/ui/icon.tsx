/** Drawings of 16 by 16, strokes in the colour of the text around them. */
const drawings = {
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9zM10.4 10.4l3.1 3.1',
  copy: 'M5.5 5.5h7v8h-7zM3.5 10.5v-8h7',
  done: 'M3 8.5l3.2 3.2L13 4.8',
  down: 'M8 2.5v8M4.8 7.5L8 10.7l3.2-3.2M3 13.5h10',
  follow: 'M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3.5 13h9',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2.5 6v-3.5h3.5M10 2.5h3.5v3.5M13.5 10v3.5h-3.5M6 13.5h-3.5v-3.5',
  left: 'M10 3L5 8l5 5',
  right: 'M6 3l5 5-5 5',
  up: 'M3 10l5-5 5 5',
  again: 'M13.4 6.2A5.6 5.6 0 1 0 13.6 9M13.6 2.6v3.8H9.8',
  stop: 'M4 4h8v8H4z',
  play: 'M4.5 3l8 5-8 5z',
  compare: 'M5 2.5v11M11 2.5v11M2 6l3-3.5L8 6M8 10l3 3.5L14 10',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 0 0 0-5.6zM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8L13 13M13 3l-1.2 1.2M4.2 11.8L3 13',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z',
  help: 'M5.9 5.9a2.1 2.1 0 1 1 2.9 2c-.6.3-.8.6-.8 1.3M8 12.2v.01',
  link: 'M6.5 9.5l3-3M7 4.5l1.3-1.3a2.7 2.7 0 0 1 3.9 3.9L11 8.3M9 11.5l-1.3 1.3a2.7 2.7 0 0 1-3.9-3.9L5 7.7',
  branch: 'M4.5 2.5v11M4.5 10c0-3 7-1.5 7-5M11.5 5V2.8',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01',
} as const

export type IconName = keyof typeof drawings

export function Icon({ name }: { readonly name: IconName }) {
  return <Drawing path={drawings[name]} />
}

export function Drawing({ path, kind = '' }: { readonly path: string; readonly kind?: string }) {
  return (
    <svg class={`icon ${kind}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  )
}
