/** The adapters a command may need, made on demand: main picks them, commands only use the interfaces. */
import type { Readable } from 'node:stream'
import type { Clock } from '../base/clock.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { EngineParts } from '../engine/parts.ts'
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import type { Connector } from '../pipeline/connector.ts'
import type { Advisories } from '../ports/advisories.ts'
import type { Answers } from '../ports/answers.ts'
import type { BuildCache } from '../ports/build-cache.ts'
import type { Builder } from '../ports/builder.ts'
import type { CacheMounts } from '../ports/cache-mounts.ts'
import type { ClusterCare, ClusterWanted } from '../ports/cluster-care.ts'
import type { ClusterRunner, RunnerOpening, RunnerWanted } from '../ports/cluster-runner.ts'
import type { History } from '../ports/history.ts'
import type { Intervention } from '../ports/intervention.ts'
import type { Remote } from '../ports/remote.ts'
import type { RunAbility } from '../ports/run-ability.ts'
import type { RunQueue } from '../ports/run-queue.ts'
import type { RunStarter } from '../ports/run-starter.ts'
import type { Scanner } from '../ports/scanner.ts'
import type { SecretSource } from '../ports/secret-source.ts'
import type { SecretStore } from '../ports/secret-store.ts'
import type { Sink } from '../ports/sink.ts'
import type { Stops } from '../ports/stops.ts'
import type { RegistryClient } from '../registry/client.ts'
import type { HostMapping } from '../registry/endpoint.ts'
import type { Garbage, GarbageOptions } from '../registry/server/collect-garbage.ts'
import type { PageFiles } from '../server/page-files.ts'
import type { ScanChoice } from './scan/scan-choice.ts'
import type { Writer } from './world.ts'

export interface Codebase {
  readonly folder: string
  readonly facts: CodebaseFacts
}

export interface EngineNeeds {
  readonly hosts: readonly HostMapping[]
  readonly connectors: ReadonlyMap<string, Connector>
  /** Data folder. */
  readonly home: string
  /** Works in this folder itself, instead of a workspace for each stage. */
  readonly folder?: string
  /** Called with every secret before it is used. */
  readonly onSecret: (value: string) => void
  readonly scan: ScanChoice
  /** Whether a run that is over for now may be gone on with: what it has left stays then. */
  readonly resumable?: (run: string) => Promise<boolean>
  /** In place of those of this machine. */
  readonly secrets?: readonly SecretSource[]
  /** Code that somebody has sent: taken as it is, all of it. */
  readonly sent?: Codebase
  /** Told which credential was chosen, from where and why; never the credential. */
  readonly say?: (line: string) => void
}

export interface Engine {
  readonly parts: Omit<EngineParts, 'redactor' | 'clock'>
  /** Asks the connector's registry whether it is there and takes the credentials; says so in words. Throws a Problem when not. */
  checkConnector(identifier: string, o: { readonly signal: AbortSignal }): Promise<string>
  /** Throws why there is no such cluster. */
  clusterCare(wanted: ClusterWanted, o: { readonly signal: AbortSignal }): Promise<ClusterCare>
  /** A pod that does a whole run. */
  clusterRunner(wanted: RunnerWanted, o: RunnerOpening): Promise<ClusterRunner>
  /** Connections of the run. */
  close(): Promise<void>
}

export interface FolderArchive {
  readonly files: number
  readonly bytes: number
  /** Git was asked what belongs to it. */
  readonly byGit: boolean
  /** Its name, where it is one file and no folder. */
  readonly only?: string
  /** A tar. */
  readonly open: () => Readable
}

/** Registries in this process, one per `embedded:NAME` endpoint; the rules answered point at them. */
export interface EmbeddedRegistries {
  readonly hosts: readonly HostMapping[]
  close(): Promise<void>
}

export interface RegistryNeeds {
  readonly hosts: readonly HostMapping[]
  readonly connectors: ReadonlyMap<string, Connector>
  /** Data folder. */
  readonly home: string
  /** Told which credential was chosen, from where and why; never the credential. */
  readonly say?: (line: string) => void
  /** Told what registries warn of, each text once. */
  readonly warn?: (registry: string, text: string) => void
}

export interface RegistryAccess {
  readonly client: RegistryClient
  close(): Promise<void>
}

export interface RegistryServerOptions {
  readonly host: string
  readonly port: number
  readonly data: string
  readonly readOnly?: boolean
  /** Passwords by user; without them everybody may do everything. */
  readonly users?: Readonly<Record<string, string>>
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

export interface RegistryServer {
  readonly url: string
  close(): Promise<void>
}

export interface CollectedRegistry extends Garbage {
  readonly dir: string
}

export interface LiveOptions {
  /** Aborted by the first Ctrl-C. */
  readonly stopping: AbortSignal
  /** Where people answer, when they can. */
  readonly asks?: { readonly input: Readable; readonly interrupt: () => void }
}

export interface Live {
  readonly sink: Sink
  readonly intervention?: Intervention
}

export interface Toolbox {
  /** `tell` hears what people should know: that a damaged history was put aside. */
  history(home: string, tell: (note: Diagnostic) => void): Promise<History>
  /** The number that the next run of the pipeline would get. */
  nextSequence(home: string, pipeline: string): Promise<number>
  engine(needs: EngineNeeds): Promise<Engine>
  /** For infrastructure fake: nothing is real, and everything sleeps by this clock. */
  fakeEngine(clock: Clock): Promise<Engine>
  /** The work tree that holds a file, and what its HEAD says; the file's folder when there is none. */
  codebaseOf(file: string, o: { readonly signal: AbortSignal }): Promise<Codebase>
  /** The same for a folder that was named. */
  codebaseAt(folder: string, o: { readonly signal: AbortSignal }): Promise<Codebase>
  /** The code under build, as a copy would have it, or a folder or file with all that is in it. */
  archive(of: 'code' | 'all', path: string, o: { readonly signal: AbortSignal; readonly skip: readonly string[] }): Promise<FolderArchive>
  /** In the pod of a runner: until nobody needs it any more. */
  hostRunner(o: { readonly version: string; readonly signal: AbortSignal }): Promise<void>
  embeddedRegistries(hosts: readonly HostMapping[], home: string): Promise<EmbeddedRegistries>
  /** For commands about images: docker's configuration and the connectors are asked for credentials. */
  registry(needs: RegistryNeeds): Promise<RegistryAccess>
  /** What builds of this data folder keep between them. */
  buildCache(home: string): Promise<BuildCache>
  /** The folders that RUN --mount=type=cache keeps. */
  cacheMounts(home: string): Promise<CacheMounts>
  /** Of the embedded scanner: those of the data folder, or of a file. */
  advisories(o: { readonly home: string; readonly path?: string }): Promise<Advisories>
  /** What a RUN would find on this machine. Tried out. */
  runAbility(home: string, o: { readonly signal: AbortSignal }): Promise<RunAbility>
  /** The secrets that this machine keeps. */
  secrets(home: string): Promise<SecretStore>
  /** Whether this machine has a value for a secret of this name. The value is not looked at. */
  knowsSecret(home: string, name: string, o: { readonly signal: AbortSignal }): Promise<boolean>
  /** Of the work tree that holds a file, by name; none without git. */
  branchesOf(file: string, o: { readonly signal: AbortSignal }): Promise<readonly string[]>
  /** False: nothing here opens addresses. */
  openBrowser(url: string): Promise<boolean>
  /** The files of the page. */
  page(o: { readonly signal: AbortSignal }): Promise<PageFiles | undefined>
  /** The embedded builder; base images come through the client. */
  builder(client: RegistryClient, home: string): Promise<Builder>
  /** What the choice names; a scanner that comes in an image is pulled through the client. */
  scanner(choice: ScanChoice, client: RegistryClient, home: string): Promise<Scanner>
  /** Files of the web and repositories of git. */
  remote(): Promise<Remote>
  registryServer(o: RegistryServerOptions): Promise<RegistryServer>
  /** Frees what nobody can reach in the registry of a folder, or in those of the folders in it. */
  collectRegistries(dir: string, o: GarbageOptions): Promise<readonly CollectedRegistry[]>
  /** Runs that wait for their turn. */
  runQueue(home: string): Promise<RunQueue>
  /** Starts those, each in a process of its own. */
  runStarter(home: string): Promise<RunStarter>
  /** Asks runs of other processes to end, and hears when others ask. */
  stops(home: string): Promise<Stops>
  /** Answers from other terminals to the questions of runs. */
  answers(home: string): Promise<Answers>
  /** Asks between the lines of a terminal. */
  askInLines(input: Readable, out: Writer, interrupt: () => void): Promise<Intervention>
  readonly sinks: {
    terminal(out: Writer, o: LiveOptions): Promise<Live>
    plain(out: Writer): Promise<Sink>
    /** The closing words only. */
    quiet(out: Writer): Promise<Sink>
    /** The lines of one step, with nothing about a run. */
    bare(out: Writer): Promise<Sink>
    ndjson(write: (text: string) => Promise<void> | void): Promise<Sink>
    junit(write: (text: string) => Promise<void> | void): Promise<Sink>
    history(history: History): Promise<Sink>
  }
}
