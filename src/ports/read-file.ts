/** Files of this machine that steps name: Dockerfiles, certificates, keys. Rejects as Node does, with a `code`. */
export type ReadFile = (path: string) => Promise<Buffer>
