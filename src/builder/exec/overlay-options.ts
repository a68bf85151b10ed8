/** Options of an overlay mount. Lowers go by short names in the run's folder, so that hundreds of them fit into one page. */

/** More are refused by the kernel. */
export const mostLowers = 500

/** `prefix` and a number name the lowers; the topmost is 0. */
export function overlayOptions(lowers: number, prefix: string, suffix: string, o: { readonly machineRoot: boolean }): string {
  const folders = Array.from({ length: lowers }, (_, i) => `${prefix}${i}`)
  const base = `lowerdir=${folders.join(':')},upperdir=upper${suffix},workdir=work${suffix},index=off,metacopy=off,volatile`
  return o.machineRoot ? `${base},redirect_dir=off` : `${base},userxattr`
}
