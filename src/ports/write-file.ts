/** Writes a report of a step: whole or not at all, with the folders above it, in the hands of whoever owns the folder it comes into. */
export type WriteFile = (path: string, text: string, o: { readonly signal: AbortSignal }) => Promise<void>
