/** A name in the engine's paths. */

/** Slashes and colons stand as they are; all that could end the path is escaped. */
export function pathOf(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':').replaceAll('%40', '@')
}
