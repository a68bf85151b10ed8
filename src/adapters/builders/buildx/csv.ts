/** `NAME=VALUE` pairs in one flag, as buildx reads them: comma-separated values with quotes where they are needed. */
export function csvOf(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => quoted(`${name}=${value}`)).join(',')
}

function quoted(field: string): string {
  return /[",\n\r]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}
