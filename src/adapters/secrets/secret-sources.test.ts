/** The sources of secrets side by side. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, onTestFinished } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { secretSourceContract } from '../../ports/secret-source.contract.ts'
import { envSecrets } from './env-secrets.ts'
import { fakeSecrets } from './fake-secrets.ts'
import { secretStore } from './store/secret-store.ts'
import { storedSecrets } from './stored-secrets.ts'

function storeIn(dir: string) {
  const store = secretStore({ dir, now: () => 1000 })
  onTestFinished(() => store.close())
  return store
}

function variableOf(name: string): string {
  return `SLIPWAY_SECRET_${name.replace('.', '_').toUpperCase()}`
}

describe('secrets from the environment', () =>
  secretSourceContract(
    {
      holding: async (secrets) => envSecrets(Object.fromEntries(Object.entries(secrets).map(([name, value]) => [variableOf(name), value]))),
      broken: async () => envSecrets({}),
    },
    { skip: [{ test: 'throws a Problem when its place cannot be read', reason: 'an environment can always be read' }] },
  ))

describe('secrets from the store', () =>
  secretSourceContract({
    async holding(secrets) {
      const store = storeIn(tempProject().dir)
      store.set(new Map(Object.entries(secrets)))
      return storedSecrets(async () => store)
    },
    async broken() {
      const { dir } = tempProject()
      writeFileSync(join(dir, 'secrets.db'), 'no database '.repeat(400))
      return storedSecrets(async () => storeIn(dir))
    },
  }))

const madeUp = (test: string) => ({ test, reason: 'it holds no secrets: it makes one up for every name' })

describe('secrets that are made up', () =>
  secretSourceContract(
    { holding: async () => fakeSecrets(), broken: async () => fakeSecrets() },
    {
      skip: [
        madeUp('gives what it holds, a text of no length too'),
        madeUp('answers undefined for what it does not hold'),
        madeUp('looks for a name with its scope first, then without'),
        madeUp('throws a Problem when its place cannot be read'),
      ],
    },
  ))
