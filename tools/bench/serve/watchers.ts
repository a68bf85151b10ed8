/** Watchers of one run: each checks that every line comes, once and in order, and how long after it was printed. */

export interface Seen {
  readonly lines: number
  /** Lines that did not follow the one before. */
  readonly wrong: number
  /** How many lines took so many hundredths of a second; the last stands for all that took longer. */
  readonly hundredths: readonly number[]
}

const line = /(\d+) (\d{13})\\n/g
const longest = 1000

export async function watch(url: string): Promise<Seen> {
  const { body } = await fetch(url)
  if (body === null) throw new Error('the stream has no body')
  const hundredths = new Array<number>(longest + 1).fill(0)
  let [lines, wrong, rest, last] = [0, 0, '', 0]
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const now = Date.now()
    const all = rest + text
    let end = 0
    for (const match of all.matchAll(line)) {
      end = match.index + match[0].length
      const number = Number(match[1])
      if (number !== last + 1) wrong += 1
      last = number
      lines += 1
      const slot = Math.min(longest, Math.max(0, Math.floor((now - Number(match[2])) / 10)))
      hundredths[slot] = (hundredths[slot] ?? 0) + 1
    }
    rest = all.slice(Math.max(end, all.length - 64))
    if (all.slice(end).includes('event: end')) break
  }
  return { lines, wrong, hundredths }
}

/** Milliseconds within which this share of all lines came. */
export function within(seen: readonly Seen[], share: number): number {
  const total = seen.reduce((sum, { lines }) => sum + lines, 0)
  let count = 0
  for (let slot = 0; slot <= longest; slot++) {
    count += seen.reduce((sum, { hundredths }) => sum + (hundredths[slot] ?? 0), 0)
    if (count >= total * share) return (slot + 1) * 10
  }
  return (longest + 1) * 10
}
