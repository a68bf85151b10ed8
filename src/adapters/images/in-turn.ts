/** Work on one place after the other, on different places at once. */

export type InTurn = <T>(place: string, work: () => Promise<T>) => Promise<T>

export function inTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>()
  return (place, work) => {
    const own = (last.get(place) ?? Promise.resolve()).then(() => work())
    const over = own
      .catch(() => undefined)
      .then(() => {
        if (last.get(place) === over) last.delete(place)
      })
    last.set(place, over)
    return own
  }
}
