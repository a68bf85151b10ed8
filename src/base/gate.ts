/** Lets so many pass at once; the others wait in the order in which they came. */

export interface Gate {
  pass<T>(work: () => Promise<T>): Promise<T>
}

export function gate(width: number): Gate {
  const waiting: (() => void)[] = []
  let inside = 0
  return {
    async pass(work) {
      if (inside >= width) await new Promise<void>((resolve) => waiting.push(resolve))
      else inside++
      try {
        return await work()
      } finally {
        // Whoever waits next takes the place over.
        const next = waiting.shift()
        if (next === undefined) inside--
        else next()
      }
    },
  }
}
