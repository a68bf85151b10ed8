/** A file whose presence asks for a thorough look at the next start: somebody met a damaged page. */
export function suspicion(file: string): string {
  return `${file}.suspect`
}
