/** A choice of a few, one of which holds. */
export interface SegmentedProps<T extends string> {
  readonly label: string
  readonly words: Readonly<Record<T, string>>
  readonly chosen: T
  onChoose(one: T): void
}

export function Segmented<T extends string>({ label, words, chosen, onChoose }: SegmentedProps<T>) {
  return (
    <fieldset class="segmented" aria-label={label}>
      {(Object.keys(words) as T[]).map((one) => (
        <button key={one} type="button" aria-pressed={chosen === one} onClick={() => onChoose(one)}>
          {words[one]}
        </button>
      ))}
    </fieldset>
  )
}
