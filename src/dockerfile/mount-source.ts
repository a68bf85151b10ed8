/** The `from=` of a RUN --mount, which is known before any variable is. */
import type { Word } from './word.ts'

export function mountSource(mount: Word): Word | undefined {
  const field = mount.text.split(',').find((part) => /^"?from=/i.test(part))
  const text = field?.replace(/^"?from=/i, '').replace(/"$/, '')
  return text === undefined || text === '' ? undefined : { text, at: mount.at }
}
