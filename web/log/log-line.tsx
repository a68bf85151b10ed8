/** One line of a log: its number, which is a link, and its text with colours; what is searched for is marked. */
import type { JSX } from 'preact'
import type { Look, Piece } from './ansi.ts'

export interface LineProps {
  /** From 1. */
  readonly n: number
  readonly pieces: readonly Piece[] | undefined
  readonly isError: boolean
  readonly chosen: boolean
  readonly found: boolean
  readonly needle: string
  readonly top: number
  readonly fold?: { readonly closed: boolean; readonly title: string; toggle(): void }
  onChoose(n: number): void
}

export function LogRow({ n, pieces, isError, chosen, found, needle, top, fold, onChoose }: LineProps) {
  const choose = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey) return
    event.preventDefault()
    onChoose(n)
  }
  return (
    <div class={`line${chosen ? ' chosen' : ''}${found ? ' found' : ''}${isError ? ' err' : ''}`} style={{ transform: `translateY(${top}px)` }} data-line={n}>
      <a class="number" href={`#L${n}`} onClick={choose} tabIndex={-1} aria-label={`Line ${n}`}>
        {n}
      </a>
      {fold !== undefined && (
        <button type="button" class="fold" onClick={fold.toggle} aria-expanded={!fold.closed}>
          <span class="unseen">{fold.title}</span>
        </button>
      )}
      <span class="text">
        {pieces === undefined ? <span class="coming">…</span> : pieces.map((piece, i) => <Part key={i} piece={piece} needle={needle} />)}
      </span>
    </div>
  )
}

function Part({ piece: { text, look }, needle }: { readonly piece: Piece; readonly needle: string }) {
  const inside = needle === '' ? text : marked(text, needle)
  const { classes, style } = drawnAs(look)
  return classes === '' && style === undefined ? (
    inside
  ) : (
    <span class={classes} {...(style !== undefined && { style })}>
      {inside}
    </span>
  )
}

function marked(text: string, needle: string): readonly (JSX.Element | string)[] {
  const parts: (JSX.Element | string)[] = []
  const [folded, wanted] = [text.toLowerCase(), needle.toLowerCase()]
  let at = 0
  for (let next = folded.indexOf(wanted); next !== -1; next = folded.indexOf(wanted, at)) {
    parts.push(text.slice(at, next), <mark key={next}>{text.slice(next, next + needle.length)}</mark>)
    at = next + needle.length
  }
  return [...parts, text.slice(at)]
}

const switches = ['bold', 'faint', 'italic', 'underline', 'struck', 'inverse'] as const

function drawnAs(look: Look): { readonly classes: string; readonly style: Readonly<Record<string, string>> | undefined } {
  const { ink, paper } = look
  const classes = [
    ...switches.filter((one) => look[one] === true),
    ...(typeof ink === 'number' ? [`ink-${ink}`] : []),
    ...(typeof paper === 'number' ? [`paper-${paper}`] : []),
  ]
  const style = {
    ...(typeof ink === 'string' && { color: ink }),
    ...(typeof paper === 'string' && { backgroundColor: paper }),
  }
  return { classes: classes.join(' '), style: Object.keys(style).length === 0 ? undefined : style }
}
