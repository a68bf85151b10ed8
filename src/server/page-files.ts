/** The page: a folder of files, read once. A request is looked up by its name among them, so no name leads anywhere else. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'

export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The same, compressed, where that makes it smaller. */
  readonly gzip?: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly etag: string
  /** Its name changes with its content. */
  readonly lasting: boolean
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

export type PageFiles = ReadonlyMap<string, PageFile>

export async function readPage(folder: string): Promise<PageFiles> {
  const files = new Map<string, PageFile>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = new Uint8Array(await readFile(path))
    const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`
    const type = types[extname(entry.name)] ?? 'application/octet-stream'
    const gzip = new Uint8Array(gzipSync(bytes, { level: 9 }))
    const smaller = gzip.length < bytes.length * 0.9
    files.set(`/${relative(folder, path).replaceAll(sep, '/')}`, {
      bytes,
      ...(smaller && { gzip }),
      type,
      etag,
      lasting: /-[0-9A-Za-z]{8,}\.\w+$/.test(entry.name),
    })
  }
  return files
}

/** Addresses of the page's own views, such as /runs/ID, are all the same file. */
export function pageFile(files: PageFiles, path: string): PageFile | undefined {
  return files.get(path) ?? (extname(path) === '' ? files.get('/index.html') : undefined)
}
