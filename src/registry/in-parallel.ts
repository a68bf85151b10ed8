/** Does the same for many things, a few at a time; the first failure stops the rest and is the outcome. */

export async function inParallel<T>(
  items: Iterable<T>,
  o: { readonly limit: number; readonly signal: AbortSignal },
  work: (item: T, o: { readonly signal: AbortSignal }) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([o.signal, stop.signal])
  const queue = items[Symbol.iterator]()
  let failure: { readonly error: unknown } | undefined
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      try {
        signal.throwIfAborted()
        await work(next.value, { signal })
      } catch (error) {
        failure ??= { error }
        stop.abort(error)
        return
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, o.limit) }, worker))
  if (failure !== undefined) throw failure.error
}
