/** What every RegistryAuth promises, as tests. */
import { expect } from 'vitest'
import { type ContractOptions, describeContract } from '../../test/support/contract.ts'
import { isProblem } from '../base/problem.ts'
import type { Credentials, RegistryAuth } from './registry-auth.ts'

export interface AuthUnderTest {
  /** One that holds a login under each prefix: the user of that name, with `pw-of-USER`. */
  readonly holding: (users: Readonly<Record<string, string>>) => Promise<RegistryAuth>
  /** One whose answer for `slow.io` (user `sam`) waits until it is released. `asked` once it waits. */
  readonly slow: () => Promise<{ readonly auth: RegistryAuth; readonly asked: () => boolean; readonly release: () => void }>
  /** One whose place cannot be read, and says `s3cret`. */
  readonly broken: () => Promise<RegistryAuth>
}

const never = { signal: new AbortController().signal }

export function registryAuthContract(under: AuthUnderTest, options: ContractOptions = {}): void {
  const userOf = async (auth: RegistryAuth, name: string, o = never): Promise<string | undefined> => userIn(await auth.credentialsFor(targetOf(name), o))

  describeContract('RegistryAuth', options, (promise) => {
    promise('has a name for messages', async () => {
      expect((await under.holding({ 'r.io': 'ann' })).name).toMatch(/\w/)
    })

    promise('gives what it holds, and shows nothing of it in its name', async () => {
      const auth = await under.holding({ 'r.io': 'ann' })
      expect(await userOf(auth, 'r.io/acme/app')).toBe('ann')
      expect(auth.name).not.toContain('pw-of')
    })

    promise('answers undefined for the registries of others', async () => {
      const auth = await under.holding({ 'r.io': 'ann' })
      for (const name of ['s.io/acme/app', 'r.io:5000/acme/app', 'sub.r.io/app', 'docker.io/r.io/app']) expect(await userOf(auth, name), name).toBeUndefined()
    })

    promise('lets the longest prefix win, by whole parts of the path', async () => {
      const auth = await under.holding({ 'r.io': 'host', 'r.io/acme': 'ann', 'r.io/acme/secret': 'sue', 's.io/acme': 'eve' })
      const users = await Promise.all(
        ['r.io/other', 'r.io/acme', 'r.io/acme/app', 'r.io/acme/secret/x', 'r.io/acme2/app', 'r.io/acme/secrets'].map((name) => userOf(auth, name)),
      )
      expect(users).toEqual(['host', 'ann', 'ann', 'sue', 'host', 'ann'])
    })

    promise('answers the same as often as it is asked, also at once', async () => {
      const auth = await under.holding({ 'r.io': 'host', 's.io': 'sue' })
      const names = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? 'r.io/a' : 's.io/b'))
      const first = await Promise.all(names.map((name) => auth.credentialsFor(targetOf(name), never)))
      expect(await Promise.all(names.map((name) => auth.credentialsFor(targetOf(name), never)))).toEqual(first)
    })

    promise('rejects with the reason when it is aborted already', async () => {
      const auth = await under.holding({ 'r.io': 'ann' })
      await expect(userOf(auth, 'r.io/a', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    })

    promise('lets one who asks go, and serves the others', async () => {
      const { auth, asked, release } = await under.slow()
      const [first, third] = [new AbortController(), new AbortController()]
      const answers = [
        userOf(auth, 'slow.io/a', { signal: first.signal }),
        userOf(auth, 'slow.io/a'),
        userOf(auth, 'slow.io/a', { signal: third.signal }),
      ] as const
      let early: unknown
      for (const answer of answers)
        answer.catch((error: unknown) => {
          early = error
        })
      await expect.poll(() => early ?? asked(), { timeout: 15_000 }).toBe(true)
      first.abort(new Error('first had enough'))
      third.abort(new Error('third had enough'))
      await expect(answers[0]).rejects.toThrow('first had enough')
      await expect(answers[2]).rejects.toThrow('third had enough')
      release()
      expect(await answers[1]).toBe('sam')
    })

    promise('throws a Problem without secrets when its place cannot be read', async () => {
      const auth = await under.broken()
      const error = await auth.credentialsFor(targetOf('r.io/a'), never).catch((caught: unknown) => caught)
      expect(isProblem(error), String(error)).toBe(true)
      expect(JSON.stringify(error) + String(error)).not.toContain('s3cret')
    })
  })
}

function targetOf(name: string) {
  const slash = name.indexOf('/')
  return { registry: name.slice(0, slash), repository: name.slice(slash + 1) }
}

/** Only when the secret is the user's own. */
function userIn(found: Credentials | undefined): string | undefined {
  if (found === undefined) return undefined
  return found.kind === 'basic' && found.password === `pw-of-${found.username}` ? found.username : expect.fail('these are the credentials of nobody')
}
