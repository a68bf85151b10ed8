/** A layer that is an EROFS image: looked into by its metadata, read from its file. */
import { createReadStream } from 'node:fs'
import { headerSize } from '../../../erofs/format.ts'
import type { ImageNode, ImageView } from '../../../erofs/view.ts'
import { joinPath, type TreeNode } from '../../tree/node.ts'
import type { StackLayer } from '../stack-lookup.ts'

export interface ImageLayer extends StackLayer {
  readonly view: ImageView
  readonly file: string
  /** Of the tar, which begins at 4096. */
  readonly tarSize: number
}

/** `name` and the place in the tar name the content of a file. */
export function imageLayer(file: string, view: ImageView, o: { readonly name: string; readonly tarSize: number }): ImageLayer {
  const node = (path: string): TreeNode | 'whiteout' | undefined => {
    const found = view.find(path)
    return found === undefined ? undefined : isWhiteout(found) ? 'whiteout' : nodeOf(found, file, o.name)
  }
  return {
    lower: { kind: 'image', file },
    view,
    file,
    tarSize: o.tarSize,
    node,
    names: (path) => view.names(path).map((name) => [name, node(joinPath(path, name)) === 'whiteout'] as const),
    isOpaque: (path) => view.find(path)?.xattrs.get('trusted.overlay.opaque')?.toString() === 'y',
  }
}

function isWhiteout({ kind, major, minor }: ImageNode): boolean {
  return kind === 'char' && major === 0 && minor === 0
}

function nodeOf(found: ImageNode, file: string, name: string): TreeNode {
  const { mode, uid, gid, mtimeNs } = found
  const kept = [...found.xattrs].filter(([attribute]) => !attribute.startsWith('trusted.overlay.'))
  const common = { mode, uid, gid, mtimeNs, ...(kept.length > 0 && { xattrs: new Map(kept) }) }
  switch (found.kind) {
    case 'file': {
      // As trees that are read without an image have it.
      const fingerprint = `sha256:${name}:${found.contentAt - headerSize}`
      return { kind: 'file', ...common, size: found.size, content: contentOf(found, file), fingerprint, inode: fingerprint }
    }
    case 'dir':
      return { kind: 'dir', ...common }
    case 'symlink':
      return { kind: 'symlink', ...common, target: found.target }
    default:
      return { kind: found.kind, ...common, major: found.major, minor: found.minor }
  }
}

function contentOf({ contentAt, size }: ImageNode, file: string): Extract<TreeNode, { kind: 'file' }>['content'] {
  if (size === 0) return async () => new Uint8Array()
  return async (o) => createReadStream(file, { start: contentAt, end: contentAt + size - 1, signal: o.signal })
}
