/** A generator as the body of an answer: the next part is made when the last was taken, and the generator ends when nobody reads any more. */
export interface StreamOptions {
  /** Aborted: whoever asked has gone, or the server ends. That is no failure, and the stream just ends. */
  readonly signal: AbortSignal
  /** Hears of failures; the reader sees a stream that broke off. */
  readonly tell: (text: string) => void
}

export function streamOf(parts: AsyncGenerator<Uint8Array>, { signal, tell }: StreamOptions): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await parts.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        if (signal.aborted) return controller.close()
        tell(`slipway: a stream broke off: ${String(error)}\n`)
        controller.error(error)
      }
    },
    async cancel() {
      await parts.return(undefined)
    },
  })
}
