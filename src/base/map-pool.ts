/** Works on items side by side, at most `limit` at once, answers in the order of the items. The first rejection rejects; started work goes on. */
export async function mapPool<T, R>(items: readonly T[], limit: number | undefined, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length)
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T, index)
  }
  await Promise.all(Array.from({ length: Math.min(limit ?? items.length, items.length) }, worker))
  return results
}
