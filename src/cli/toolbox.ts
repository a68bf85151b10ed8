/** The adapters a command may need, made on demand: main picks them, commands only use the interfaces. */
import type { EngineParts } from '../engine/parts.ts'
import type { CodebaseFacts } from '../plan/facts.ts'
import type { History } from '../ports/history.ts'
import type { Sink } from '../ports/sink.ts'
import type { HostMapping } from '../registry/endpoint.ts'
import type { Writer } from './world.ts'

export interface Codebase {
  readonly folder: string
  readonly facts: CodebaseFacts
}

export interface EngineNeeds {
  readonly hosts: readonly HostMapping[]
  /** Folder that secret and data files are looked for in. */
  readonly home: string
}

/** Registries in this process, one per `embedded:NAME` endpoint; the rules answered point at them. */
export interface EmbeddedRegistries {
  readonly hosts: readonly HostMapping[]
  close(): Promise<void>
}

export interface RegistryServer {
  readonly url: string
  close(): Promise<void>
}

export interface Toolbox {
  history(home: string): Promise<History>
  /** The number that the next run of the pipeline would get. */
  nextSequence(home: string, pipeline: string): Promise<number>
  engineParts(needs: EngineNeeds): Promise<Omit<EngineParts, 'redactor' | 'clock'>>
  /** The work tree that holds a file, and what its HEAD says; the file's folder when there is none. */
  codebaseOf(file: string, o: { readonly signal: AbortSignal }): Promise<Codebase>
  /** The same for a folder that was named. */
  codebaseAt(folder: string, o: { readonly signal: AbortSignal }): Promise<Codebase>
  embeddedRegistries(hosts: readonly HostMapping[], home: string): Promise<EmbeddedRegistries>
  registryServer(o: { readonly host: string; readonly port: number; readonly data: string }): Promise<RegistryServer>
  readonly sinks: {
    terminal(out: Writer): Promise<Sink>
    plain(out: Writer): Promise<Sink>
    ndjson(write: (text: string) => Promise<void> | void): Promise<Sink>
    history(history: History): Promise<Sink>
  }
}
