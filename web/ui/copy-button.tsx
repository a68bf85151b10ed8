/** Copies a text, and says so for a moment. */
import { useSignal } from '@preact/signals'
import { Icon } from './icon.tsx'

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const done = useSignal(false)
  const copy = async (): Promise<void> => {
    done.value = await copied(text)
    setTimeout(() => {
      done.value = false
    }, 1500)
  }
  return (
    <button type="button" class="quiet icon-only" onClick={copy} title={`Copy ${what}`}>
      <Icon name={done.value ? 'done' : 'copy'} />
      <span class="unseen" role="status">
        {done.value ? 'Copied' : `Copy ${what}`}
      </span>
    </button>
  )
}

/** The clipboard is there on loopback and with TLS only; elsewhere the old way through a selection. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
