/** The adapters a command may need, made on demand: main picks them, commands only use the interfaces. */
import type { EngineParts } from '../engine/parts.ts'
import type { CodebaseFacts } from '../plan/facts.ts'
import type { History } from '../ports/history.ts'
import type { Sink } from '../ports/sink.ts'
import type { HostRule } from '../registry/host-rule.ts'
import type { Writer } from './world.ts'

export interface Codebase {
  readonly folder: string
  readonly facts: CodebaseFacts
}

export interface EngineNeeds {
  readonly hosts: readonly HostRule[]
  /** Folder that secret and data files are looked for in. */
  readonly home: string
}

/** Registries in this process, one per `embedded:NAME` endpoint; the rules answered point at them. */
export interface EmbeddedRegistries {
  readonly hosts: readonly HostRule[]
  close(): Promise<void>
}

export interface RegistryServer {
  readonly url: string
  close(): Promise<void>
}

export interface Toolbox {
  history(home: string): Promise<History>
  engineParts(needs: EngineNeeds): Promise<Omit<EngineParts, 'redactor' | 'clock'>>
  /** The work tree that holds a file, and what its HEAD says; the file's folder when there is none. */
  codebaseOf(file: string, o: { readonly signal: AbortSignal }): Promise<Codebase>
  /** The same for a folder that was named. */
  codebaseAt(folder: string, o: { readonly signal: AbortSignal }): Promise<Codebase>
  embeddedRegistries(hosts: readonly HostRule[], home: string): Promise<EmbeddedRegistries>
  registryServer(o: { readonly host: string; readonly port: number; readonly data: string }): Promise<RegistryServer>
  readonly sinks: {
    terminal(out: Writer): Sink
    plain(out: Writer): Sink
    ndjson(write: (text: string) => Promise<void> | void): Sink
    history(history: History): Sink
  }
}
