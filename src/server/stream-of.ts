/** A generator as the body of an answer: the next part is made when the last was taken, and the generator ends when nobody reads any more. */
export function streamOf(parts: AsyncGenerator<Uint8Array>, tell: (text: string) => void): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await parts.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        // Whoever went away has ended it; anything else is told, and the reader sees a stream that broke off.
        if (!(error instanceof Error && error.name === 'AbortError')) tell(`slipway: a stream broke off: ${String(error)}\n`)
        controller.error(error)
      }
    },
    async cancel() {
      await parts.return(undefined)
    },
  })
}
