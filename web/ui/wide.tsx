/** What may be wider than the page scrolls in a box of its own, with keys too. */
import type { ComponentChildren } from 'preact'

export function Wide({ label, children, kind = '' }: { readonly label: string; readonly children: ComponentChildren; readonly kind?: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable with keys
    <section class={`wide ${kind}`} aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}
