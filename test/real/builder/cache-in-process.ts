/** A build, or a collection of garbage, in a process of its own: to be killed at any moment, or run beside others. Says `begin`, then the digest. */
import process from 'node:process'
import { build } from '../../../src/builder/build.ts'
import { emit } from '../../../src/builder/cache/cache-properties-fixture.ts'
import { fakeSandbox } from '../../../src/builder/exec/fake-sandbox-fixture.ts'
import { cacheItems } from '../../../src/builder/store/cache-items.ts'
import { collectGarbage } from '../../../src/builder/store/collect-garbage.ts'
import { directoryStore } from '../../../src/builder/store/directory.ts'
import { contentStore } from '../../../src/media/content-store.ts'

const [, , contextDir = '', storeDir = '', text = '', commands] = process.argv
const signal = new AbortController().signal

process.stdout.write('begin\n')
if (text === 'prune') await pruneAWhile()
else {
  const sandbox = fakeSandbox({
    act({ upper, ...job }) {
      emit(job.process.args.at(-1) ?? '', upper, job)
      return 0
    },
  })
  const request = {
    contextDir,
    dockerfile: { name: 'Dockerfile', text },
    args: new Map<string, string>(),
    labels: new Map<string, string>(),
    platform: { os: 'linux', architecture: 'amd64' },
    created: 1_700_000_000_000,
    reproducible: false,
    noCache: false,
  }
  const baseImage = async (name: string) => Promise.reject(new Error(name))
  const { image, layers, cachedLayers } = await build(request, { store: directoryStore(storeDir), baseImage, signal, ...(commands !== 'real' && { sandbox }) })
  // Whoever delivers the image reads its layers, and they are verified on the way.
  if (image.kind === 'image') for (const layer of await image.layers()) for await (const _ of await layer.compressed({ signal }));
  process.stdout.write(`${JSON.stringify({ digest: await image.digest(), layers, cachedLayers })}\n`)
}

/** Everything that may go, again and again, until there is nothing more to read. */
async function pruneAWhile(): Promise<void> {
  let stopped = false
  process.stdin.resume().once('end', () => {
    stopped = true
  })
  const kept = { content: contentStore(storeDir), workFolder: `${storeDir}/build`, named: new Set<never>() }
  while (!stopped) {
    await collectGarbage(kept, { signal, nowMs: Date.now(), limits: { unusedMs: -1, keepBytes: Number.POSITIVE_INFINITY } })
    await new Promise((go) => setTimeout(go, 1))
  }
  process.stdout.write(`${JSON.stringify({ left: (await cacheItems(kept)).length })}\n`)
}
