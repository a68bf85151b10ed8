/** The builders side by side: the embedded one, for one way of using registries and for several platforms, and the one that pretends. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { fakeSandbox } from '../../builder/exec/fake-sandbox-fixture.ts'
import { directoryStore } from '../../builder/store/directory.ts'
import { builderContract } from '../../ports/builder.contract.ts'
import type { Builder } from '../../ports/builder.ts'
import { builderPerUse } from './builder-per-use.ts'
import { embeddedBuilder } from './embedded-builder.ts'
import { fakeBuilder } from './fake-builder.ts'
import { severalPlatforms } from './several-platforms.ts'

function embedded(wrap: (builder: Builder) => Builder) {
  return async () => {
    const { dir } = tempProject({ 'context/a': 'of a', 'context/b': 'of b'.repeat(5000) })
    const storeDir = join(dir, 'store')
    const one = embeddedBuilder({
      store: directoryStore(storeDir),
      baseImage: async (name) => Promise.reject(new Error(`no base image ${name} here`)),
      cacheClient: () => {
        throw new Error('no registry here')
      },
      tidy: async () => undefined,
      sandbox: fakeSandbox(),
    })
    return {
      builder: wrap(severalPlatforms(one)),
      contextDir: join(dir, 'context'),
      leftovers: () => filesBelow(storeDir).filter((name) => /(^|\/)(scratch|runs)\/.|slipway-tmp/.test(name)),
      kept: () =>
        filesBelow(storeDir)
          .map((name) => `${name}\n${readFileSync(join(storeDir, name), 'latin1')}`)
          .join('\n'),
    }
  }
}

function filesBelow(dir: string): readonly string[] {
  if (!existsSync(dir)) return []
  return readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name).slice(dir.length + 1)] : [],
  )
}

describe('the embedded builder', () => builderContract(embedded((builder) => builder)))

describe('a builder per way of using registries', () => builderContract(embedded((builder) => builderPerUse('embedded', () => builder))))

describe('the builder that pretends', () =>
  builderContract(async () => ({ builder: fakeBuilder('embedded'), contextDir: '/nowhere', leftovers: () => [], kept: () => '' }), {
    skip: [
      { test: 'makes nothing twice', reason: 'it keeps nothing' },
      { test: 'throws a Problem with its place for faults of the Dockerfile, and for what the context lacks', reason: 'it reads no Dockerfile and no context' },
    ],
  }))
