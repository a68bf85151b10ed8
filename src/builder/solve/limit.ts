/** Lets only so many pieces of work run at once; the others wait in order. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>

export function limitTo(most: number): Limit {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
