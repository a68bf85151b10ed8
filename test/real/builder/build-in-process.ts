/** A build in a process of its own, to be killed: context, store, the instructions after FROM, and the form of layers. */
import process from 'node:process'
import { build } from '../../../src/builder/build.ts'
import { namespaceSandbox } from '../../../src/builder/exec/namespaces.ts'
import type { LayerForm } from '../../../src/builder/exec/sandbox.ts'
import { directoryStore } from '../../../src/builder/store/directory.ts'

const [, , contextDir = '', storeDir = '', instructions = '', layers] = process.argv
const signal = new AbortController().signal

await build(
  {
    contextDir,
    dockerfile: { name: 'Dockerfile', text: `FROM scratch\nCOPY busybox /bin/sh\n${instructions}\n` },
    args: new Map(),
    labels: new Map(),
    platform: { os: 'linux', architecture: 'amd64' },
    created: 0,
    reproducible: false,
    noCache: false,
  },
  {
    store: directoryStore(storeDir),
    baseImage: async (name) => Promise.reject(new Error(name)),
    signal,
    ...(layers !== undefined && { sandbox: namespaceSandbox({ layers: layers as LayerForm }) }),
    emit: (event) => void (event.kind === 'log' && process.stdout.write(`${event.text}\n`)),
  },
)
