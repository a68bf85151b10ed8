/** The history of an image without the values of arguments that are secrets. Pure. */
import type { BuildRequest } from '../ports/builder.ts'

const shortest = 4

/** Instructions are told with the values of arguments. Those that are secrets stay out of it; where one is very short its whole word does. */
export function maskedHistory<T extends { readonly created_by?: string }>(story: readonly T[], { args, secretArgs = [] }: BuildRequest): readonly T[] {
  const hidden = secretArgs.flatMap((name) => {
    const value = args.get(name) ?? ''
    return value === '' ? [] : [value.length < shortest ? ([`${name}=${value}`, `${name}=********`] as const) : ([value, '********'] as const)]
  })
  if (hidden.length === 0) return story
  return story.map((line) => {
    if (line.created_by === undefined) return line
    return { ...line, created_by: hidden.reduce((text, [value, mask]) => text.replaceAll(value, mask), line.created_by) }
  })
}
