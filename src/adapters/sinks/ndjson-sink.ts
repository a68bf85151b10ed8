/** Every event as one line of JSON: for programs. */
import type { Sink } from '../../ports/sink.ts'

export function ndjsonSink(o: { readonly write: (text: string) => Promise<void> | void; readonly close?: () => Promise<void> }): Sink {
  return {
    name: 'ndjson',
    write: (recorded) => o.write(`${JSON.stringify(recorded)}\n`),
    close: async () => {
      await o.close?.()
    },
  }
}
