/** A dialog over the page: the browser keeps the focus inside, Escape closes it. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from './icon.tsx'

export interface DialogProps {
  readonly title: string
  readonly children: ComponentChildren
  onClose(): void
}

export function Dialog({ title, children, onClose }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const opener = document.activeElement
    box.current?.showModal()
    return () => {
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes it, and so does Escape, by the browser
    <dialog ref={box} aria-label={title} onClose={onClose} onClick={(event) => event.target === box.current && box.current?.close()}>
      <header class="dialog-head">
        <h2>{title}</h2>
        <button type="button" class="quiet icon-only" onClick={() => box.current?.close()} title="Close (Esc)">
          <Icon name="close" />
          <span class="unseen">Close</span>
        </button>
      </header>
      {children}
    </dialog>
  )
}
