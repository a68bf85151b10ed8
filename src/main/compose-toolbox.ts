/** Picks the adapters behind every tool of the command line. Each is loaded when it is asked for: start-up is part of every figure. */
import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import type { Toolbox } from '../cli/toolbox.ts'
import { calmMemory } from './calm-memory.ts'
import type { Person } from './compose-rootless.ts'
import { isEmbedded } from './embedded-host.ts'

export interface Machine extends Person {
  /** Of this process. */
  readonly pid: number
  readonly kill: (pid: number, signal: NodeJS.Signals | 0) => void
  readonly clock: Clock
}

export function composeToolbox(machine: Machine): Toolbox {
  const { env, clock } = machine
  return {
    async history(home, tell) {
      const { sqliteHistory } = await import('../adapters/store/sqlite/sqlite-history.ts')
      return sqliteHistory({ dir: home, tell })
    },
    async nextSequence(home, pipeline) {
      const { peekSequence } = await import('../adapters/store/sqlite/peek-sequence.ts')
      return peekSequence(home, pipeline)
    },
    async engine(needs) {
      const { composeEngine } = await import('./compose-engine.ts')
      calmMemory()
      return composeEngine(machine, needs)
    },
    async fakeEngine(clock) {
      const { composeFake } = await import('./compose-fake.ts')
      return composeFake(clock)
    },
    async codebaseOf(file, { signal }) {
      const { codebaseOfFile } = await import('../adapters/codebase/find-codebase.ts')
      return codebaseOfFile(file, { env, signal })
    },
    async codebaseAt(folder, { signal }) {
      const { codebaseAt } = await import('../adapters/codebase/find-codebase.ts')
      return codebaseAt(folder, { env, signal })
    },
    async archive(of, path, o) {
      const { archiveOfAll, archiveOfCode } = await import('../adapters/codebase/archive-of.ts')
      return (of === 'code' ? archiveOfCode : archiveOfAll)(path, { ...o, env })
    },
    async hostRunner(o) {
      const { hostRunner } = await import('../adapters/cluster-runner/host.ts')
      const { room } = await import('../adapters/cluster-runner/places.ts')
      return hostRunner({ ...o, dir: room, program: machine.program, runtime: machine.program[0] ?? '', env })
    },
    async embeddedRegistries(hosts, home) {
      if (!hosts.some(isEmbedded)) return { hosts, close: async () => undefined }
      const { embeddedRegistries } = await import('./compose-registries.ts')
      return embeddedRegistries(hosts, home)
    },
    async registry(needs) {
      const { composeRegistry } = await import('./compose-registry.ts')
      calmMemory()
      return composeRegistry(machine, needs)
    },
    async buildCache(home) {
      const { composeBuildCache } = await import('./compose-builder.ts')
      const { joinedCache } = await import('../adapters/step-cache/folder/joined-cache.ts')
      return joinedCache(composeBuildCache(home, machine), join(home, 'step-cache'))
    },
    async cacheMounts(home) {
      const { composeCacheMounts } = await import('./compose-builder.ts')
      return composeCacheMounts(home, machine)
    },
    async advisories({ home, path }) {
      const { advisoryStore } = await import('../adapters/scanners/osv/advisory-store.ts')
      const { databasePath } = await import('../adapters/scanners/osv/names.ts')
      return advisoryStore(path ?? databasePath(home))
    },
    async runAbility(home, w) {
      const { runAbility } = await import('./compose-run-ability.ts')
      return runAbility(home, machine, w)
    },
    async secrets(home) {
      const { composeSecretStore } = await import('./compose-secrets.ts')
      return composeSecretStore(machine, home)
    },
    async knowsSecret(home, name, { signal }) {
      const { knowsSecret } = await import('./compose-secrets.ts')
      return knowsSecret(machine, home, name, { signal })
    },
    async branchesOf(file, { signal }) {
      const { branchesOfFile } = await import('../adapters/codebase/find-codebase.ts')
      return branchesOfFile(file, { env, signal })
    },
    async openBrowser(url) {
      const { openBrowser } = await import('../adapters/processes/open-browser.ts')
      return openBrowser(url, env)
    },
    async page(o) {
      const { pageHere } = await import('./page-here.ts')
      return pageHere(o)
    },
    async builder(client, home) {
      const { composeBuilder } = await import('./compose-builder.ts')
      return composeBuilder({ home, client: () => client }, machine)
    },
    async scanner(choice, client, home) {
      const { composeScanner } = await import('./compose-scan.ts')
      const { scannerImage } = await import('./scanner-image.ts')
      calmMemory()
      return composeScanner(machine, { home, choice, pull: (name, o) => scannerImage(name, client, o) })
    },
    async remote() {
      const { composeRemote } = await import('./compose-remote.ts')
      return composeRemote(env)
    },
    async registryServer(o) {
      const { registryServer } = await import('./compose-registries.ts')
      return registryServer(o)
    },
    async collectRegistries(dir, o) {
      const { collectRegistries } = await import('./compose-registries.ts')
      return collectRegistries(dir, o)
    },
    async runQueue(home) {
      const { queueFiles } = await import('../adapters/queue/queue-files.ts')
      return queueFiles(home)
    },
    async runStarter(home) {
      const { runStarter } = await import('../adapters/queue/start-run.ts')
      return runStarter({ home, program: machine.program, env, kill: machine.kill })
    },
    async stops(home) {
      const { stopFiles } = await import('../adapters/intervention/stop-files.ts')
      return stopFiles({ dir: join(home, 'stops') })
    },
    async answers(home) {
      const { answerFiles } = await import('../adapters/intervention/answer-files.ts')
      return answerFiles({ dir: join(home, 'answers') })
    },
    async askInLines(input, out, interrupt) {
      const { askInLines } = await import('../adapters/intervention/ask-in-lines.ts')
      return askInLines({ input, output: out, interrupt })
    },
    sinks: {
      async terminal(out, { stopping, asks }) {
        const { terminalSink } = await import('../adapters/sinks/terminal-sink.ts')
        if (asks === undefined) return { sink: terminalSink({ out, clock, stopping }) }
        const { askOnKeys } = await import('../adapters/intervention/ask-on-keys.ts')
        const { keyboard } = await import('../adapters/intervention/keyboard.ts')
        const panel = askOnKeys({ clock, keys: keyboard(asks.input, asks.interrupt) })
        return { sink: terminalSink({ out, clock, stopping, panel }), intervention: panel }
      },
      async plain(out) {
        const { plainSink } = await import('../adapters/sinks/plain-sink.ts')
        return plainSink(out)
      },
      async quiet(out) {
        const { quietSink } = await import('../adapters/sinks/quiet-sink.ts')
        return quietSink(out)
      },
      async bare(out) {
        const { plainSink } = await import('../adapters/sinks/plain-sink.ts')
        return plainSink(out, { bare: true })
      },
      async ndjson(write) {
        const { ndjsonSink } = await import('../adapters/sinks/ndjson-sink.ts')
        return ndjsonSink({ write })
      },
      async junit(write) {
        const { junitSink } = await import('../adapters/sinks/junit-sink.ts')
        return junitSink({ write })
      },
      async history(history) {
        const { historySink } = await import('../adapters/sinks/history-sink.ts')
        return historySink(history)
      },
    },
  }
}
