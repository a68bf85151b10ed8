/** All results of a computation that tosses coins: once for each way in which they may fall. */

export type Toss = () => boolean

/** Undefined when there are more than `most`. */
export function allWays<T>(work: (toss: Toss) => T, most: number): readonly T[] | undefined {
  const results: T[] = []
  const open: (readonly boolean[])[] = [[]]
  for (let given = open.pop(); given !== undefined; given = open.pop()) {
    if (results.length === most) return undefined
    const fallen: boolean[] = []
    const known = given
    results.push(
      work(() => {
        const heads = known[fallen.length] ?? false
        fallen.push(heads)
        return heads
      }),
    )
    // Coins beyond those given have all fallen on false: each may have fallen otherwise.
    for (let i = known.length; i < fallen.length; i++) open.push([...fallen.slice(0, i), true])
  }
  return results
}
