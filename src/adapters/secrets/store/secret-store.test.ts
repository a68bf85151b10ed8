import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { isProblem } from '../../../base/problem.ts'
import { secretStoreContract } from '../../../ports/secret-store.contract.ts'
import { storedSecrets } from '../stored-secrets.ts'
import { secretStore } from './secret-store.ts'

const value = 'correct horse battery staple'

function store(dir: string, passphrase?: string) {
  return secretStore({ dir, passphrase, now: () => 1000 })
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return isProblem(error) ? error.code : String(error)
  }
}

function filesOf(dir: string) {
  return readdirSync(dir).map((name) => ({ name, bytes: readFileSync(join(dir, name)), mode: statSync(join(dir, name)).mode }))
}

describe('the secret store with a key file', () =>
  secretStoreContract(() => {
    const { dir } = tempProject()
    return {
      open: ({ now = 1000 } = {}) => secretStore({ dir, now: () => now }),
      openWithWrongKey() {
        writeFileSync(join(dir, 'secrets.key'), `${Buffer.alloc(32, 7).toString('base64')}\n`)
        return store(dir)
      },
      files: () => filesOf(dir),
    }
  }))

describe('the secret store with a passphrase', () =>
  secretStoreContract(() => {
    const { dir } = tempProject()
    return {
      open: ({ now = 1000 } = {}) => secretStore({ dir, passphrase: 'open sesame', now: () => now }),
      openWithWrongKey: () => store(dir, 'open barley'),
      files: () => filesOf(dir),
    }
  }))

describe('the secret store', () => {
  it('keeps, lists, replaces and removes', () => {
    const { dir } = tempProject()
    const first = store(dir)
    expect([first.read('a'), first.list(), first.remove(['a'])]).toEqual([undefined, [], []])
    expect(readdirSync(dir)).toEqual([])
    first.set(
      new Map([
        ['account.token', value],
        ['b', ''],
      ]),
    )
    first.set(new Map([['b', 'two']]))
    first.close()
    const second = store(dir)
    expect([second.read('account.token'), second.read('b'), second.read('c')]).toEqual([value, 'two', undefined])
    expect(second.list()).toEqual([
      { name: 'account.token', changedAt: 1000 },
      { name: 'b', changedAt: 1000 },
    ])
    expect(second.remove(['b', 'c'])).toEqual(['b'])
    expect(second.list().map(({ name }) => name)).toEqual(['account.token'])
    second.close()
  })

  it('writes no value in clear, and nothing for others to read', () => {
    const { dir } = tempProject()
    const one = store(dir)
    one.set(new Map([['a', value]]))
    one.remove(['a'])
    one.set(new Map([['a', value]]))
    one.close()
    for (const file of readdirSync(dir)) {
      expect(readFileSync(join(dir, file)).includes(value), file).toBe(false)
      expect(statSync(join(dir, file)).mode & 0o077, file).toBe(0)
    }
    expect(readdirSync(dir).sort()).toEqual(['secrets.db', 'secrets.key'])
  })

  it('opens with its passphrase and no other, and has no key file then', () => {
    const { dir } = tempProject()
    const one = store(dir, 'open sesame')
    one.set(new Map([['a', value]]))
    one.close()
    expect(readdirSync(dir)).toEqual(['secrets.db'])
    expect(store(dir, 'open sesame').read('a')).toBe(value)
    expect(codeOf(() => store(dir, 'open barley').read('a'))).toBe('SECRETS_PASSPHRASE_WRONG')
    expect(codeOf(() => store(dir).read('a'))).toBe('SECRETS_PASSPHRASE_MISSING')
    expect(codeOf(() => store(dir).set(new Map([['a', 'x']])))).toBe('SECRETS_PASSPHRASE_MISSING')
    expect(store(dir).list()).toHaveLength(1)
  })

  it('refuses a key that is missing, another, damaged or open to others', () => {
    const { dir } = tempProject()
    const other = tempProject().dir
    for (const place of [dir, other]) {
      const one = store(place)
      one.set(new Map([['a', value]]))
      one.close()
    }
    const key = join(dir, 'secrets.key')
    chmodSync(key, 0o640)
    expect(codeOf(() => store(dir).read('a'))).toBe('SECRETS_KEY_OPEN')
    chmodSync(key, 0o600)
    const kept = readFileSync(key)
    writeFileSync(key, readFileSync(join(other, 'secrets.key')))
    expect(codeOf(() => store(dir).read('a'))).toBe('SECRETS_KEY_WRONG')
    writeFileSync(key, 'short')
    expect(codeOf(() => store(dir).read('a'))).toBe('SECRETS_KEY_UNREADABLE')
    rmSync(key)
    expect(codeOf(() => store(dir).read('a'))).toBe('SECRETS_KEY_UNREADABLE')
    expect(codeOf(() => store(dir).set(new Map([['b', 'x']])))).toBe('SECRETS_KEY_UNREADABLE')
    writeFileSync(key, kept, { mode: 0o600 })
    expect(store(dir).read('a')).toBe(value)
  })

  it('notices a value that was changed or moved to another name', () => {
    const { dir } = tempProject()
    const one = store(dir)
    one.set(
      new Map([
        ['a', value],
        ['b', 'other'],
      ]),
    )
    one.close()
    const db = new DatabaseSync(join(dir, 'secrets.db'))
    db.exec("UPDATE secrets SET nonce = (SELECT nonce FROM secrets WHERE name = 'a'), sealed = (SELECT sealed FROM secrets WHERE name = 'a') WHERE name = 'b'")
    db.close()
    expect(codeOf(() => store(dir).read('b'))).toBe('SECRETS_DAMAGED')
    expect(store(dir).read('a')).toBe(value)
  })

  it('says so when its file is no database', () => {
    const { dir } = tempProject()
    writeFileSync(join(dir, 'secrets.db'), 'this is no database, it is a text that somebody put here'.repeat(40))
    expect(codeOf(() => store(dir).read('a'))).toBe('SECRETS_UNUSABLE')
    renameSync(join(dir, 'secrets.db'), join(dir, 'aside'))
    expect(store(dir).read('a')).toBeUndefined()
  })

  it('is one store for two that begin it at once', () => {
    const { dir } = tempProject()
    const [one, two] = [store(dir), store(dir)]
    one.set(new Map([['a', '1']]))
    two.set(new Map([['b', '2']]))
    expect([one.read('b'), two.read('a')]).toEqual(['2', '1'])
  })

  it('begins when a beginning has failed before', () => {
    const { dir } = tempProject()
    const key = join(dir, 'secrets.key')
    mkdirSync(key, { mode: 0o700 })
    expect(codeOf(() => store(dir).set(new Map([['a', '1']])))).toBe('SECRETS_KEY_UNREADABLE')
    rmSync(key, { recursive: true })
    const one = store(dir)
    expect(one.read('a')).toBeUndefined()
    one.set(new Map([['a', '2']]))
    expect(one.read('a')).toBe('2')
    one.close()
  })

  it('answers for names with a scope and without', async () => {
    const { dir } = tempProject()
    const one = store(dir)
    one.set(
      new Map([
        ['account.x', 'scoped'],
        ['x', 'plain'],
        ['y', 'why'],
      ]),
    )
    const source = storedSecrets(async () => one)
    const read = async (name: string) => (await source.read(name, { signal: new AbortController().signal }))?.reveal()
    expect(await Promise.all(['account.x', 'org.x', 'x', 'org.y', 'z'].map(read))).toEqual(['scoped', 'plain', 'plain', 'why', undefined])
  })
})
