/** What a stage does, as JSON: ops describe, `ops/` carries out. A cache key is a hash of an op and of what it reads. */
import type { Span } from '../../base/span.ts'
import type { Mount } from '../../dockerfile/mounts.ts'
import type { RemoteSource } from '../context/remote-sources.ts'

interface Common {
  readonly at: Span
  /** The instruction as the image's history tells it. */
  readonly createdBy: string
}

export type CopyFrom = { readonly kind: 'context' } | { readonly kind: 'stage'; readonly index: number } | { readonly kind: 'image'; readonly name: string }

export interface CopySource {
  readonly path: string
  readonly at: Span
  readonly remote?: RemoteSource
}

/** Variables are expanded, the destination is absolute and keeps a slash at its end. */
export interface CopyOp extends Common {
  readonly kind: 'copy'
  readonly instruction: 'COPY' | 'ADD'
  readonly from: CopyFrom
  /** `path` of a remote one is its address without credentials. */
  readonly sources: readonly CopySource[]
  readonly inline: readonly { readonly name: string; readonly text: string }[]
  readonly dest: string
  readonly owner?: string
  readonly mode?: string
  readonly link: boolean
  readonly parents: boolean
  readonly exclude: readonly { readonly text: string; readonly at: Span }[]
  /** Archives are unpacked instead of copied: local ones, and those from outside. */
  readonly unpack: boolean
  readonly unpackRemote: boolean
}

/** WORKDIR: a folder, made with all above it where it is missing. */
export interface FolderOp extends Common {
  readonly kind: 'folder'
  readonly path: string
  /** The USER at this point. */
  readonly owner?: string
}

export interface RunOp extends Common {
  readonly kind: 'run'
  readonly args: readonly string[]
  /** As the file has it, for headings. */
  readonly title: string
  /** ENV and ARG values as `NAME=value`. */
  readonly env: readonly string[]
  /** Those of them that ARG declares. */
  readonly argNames: readonly string[]
  readonly cwd: string
  /** The USER at this point. */
  readonly user: string
  readonly network: 'default' | 'host' | 'none'
  readonly mounts: readonly RunMount[]
  /** Here-documents that are programs. */
  readonly scripts: readonly { readonly path: string; readonly text: string }[]
}

/** `origin` is where a bind or cache mount comes from. */
export interface RunMount {
  readonly mount: Mount
  readonly origin: CopyFrom
  readonly at: Span
}

/** Changes the configuration only; the change is folded into the stage's configuration already. */
export interface ConfigOp extends Common {
  readonly kind: 'config'
}

export type Op = CopyOp | FolderOp | RunOp | ConfigOp
