/** Credentials by the longest matching prefix, and the story of each choice for those who wonder. */
import { isProblem } from '../../base/problem.ts'
import type { Credentials, RegistryAuth, RegistryTarget } from '../../ports/registry-auth.ts'
import type { Login, LoginSource } from './login.ts'
import { fits, showPrefix } from './prefix.ts'

export interface LoginChoice {
  /** What the step itself names: wins where it fits, however long the prefixes of others are. */
  readonly named?: readonly LoginSource[]
  /** Among all of these the longest prefix wins; of equal ones the earlier source. */
  readonly sources: readonly LoginSource[]
  /** Told which login was chosen, from where and why; never the credential. Each line once. */
  readonly say?: (line: string) => void
  /** Told every secret before it is used. */
  readonly onSecret?: (value: string) => void
}

interface Waiting {
  readonly signal: AbortSignal
}

export function chooseLogin(o: LoginChoice): RegistryAuth {
  const said = new Set<string>()
  const say = (line: string): void => {
    if (!said.has(line)) o.say?.(line)
    said.add(line)
  }
  const named = o.named ?? []
  return {
    name: [...named, ...o.sources].map((source) => source.name).join(', '),
    async credentialsFor(target, w) {
      w.signal.throwIfAborted()
      const tell = (text: string) => say(`${target.registry}${target.repository === '' ? '' : `/${target.repository}`}: ${text}`)
      const own = await firstOf(ranked(await loginsOf(named, target, w)), tell, w)
      if (own !== undefined && o.say !== undefined) await tellOthers(target, { ...o, tell, signal: w.signal })
      const chosen = own ?? (await firstOf(ranked(await loginsOf(o.sources, target, w)), tell, w))
      if (chosen === undefined) tell(`anonymous: no login fits, of ${[...named, ...o.sources].map((source) => source.name).join('; ') || 'none known'}`)
      for (const secret of chosen === undefined ? [] : secretsOf(chosen)) o.onSecret?.(secret)
      return chosen
    },
  }
}

async function loginsOf(sources: readonly LoginSource[], target: RegistryTarget, w: Waiting): Promise<readonly Login[]> {
  const all = await Promise.all(sources.map((source) => source.logins(target, w)))
  return all.flat().filter((login) => fits(login.prefix, target))
}

/** Best first; sorting is stable, so that earlier sources stay before later ones. */
function ranked(logins: readonly Login[]): readonly Login[] {
  return logins.toSorted((a, b) => Number(a.lastResort ?? false) - Number(b.lastResort ?? false) || b.prefix.path.length - a.prefix.path.length)
}

async function firstOf(logins: readonly Login[], tell: (text: string) => void, w: Waiting): Promise<Credentials | undefined> {
  for (const [at, login] of logins.entries()) {
    const found = await login.credentials(w)
    if (found === undefined) {
      tell(`${login.from} fits with ${showPrefix(login.prefix)}, and holds no credentials`)
      continue
    }
    tell(`${showCredentials(found)}, from ${login.from}, which fits with ${showPrefix(login.prefix)}`)
    for (const other of logins.slice(at + 1)) tell(`not used: ${other.from}, which fits with ${showPrefix(other.prefix)} (${whyNot(other, login)})`)
    return found
  }
  return undefined
}

function whyNot(loser: Login, winner: Login): string {
  if (loser.lastResort === true && winner.lastResort !== true) return 'it was given for another path'
  return loser.prefix.path.length < winner.prefix.path.length ? 'a shorter prefix' : 'the other is asked first'
}

/** What else would have fitted beside the connector that the step names. Sources that fail are no matter here. */
async function tellOthers(target: RegistryTarget, o: LoginChoice & Waiting & { readonly tell: (text: string) => void }): Promise<void> {
  for (const source of o.sources) {
    try {
      for (const login of await loginsOf([source], target, o)) {
        o.tell(`not used: ${login.from}, which fits with ${showPrefix(login.prefix)} (the step names its own connector)`)
      }
    } catch (error) {
      if (!isProblem(error)) throw error
      o.tell(`not used: ${source.name} (${error.message})`)
    }
  }
}

/** The user's name is shown, the secret never, not even its length. */
function showCredentials(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'basic':
      return `user ${JSON.stringify(credentials.username)} with password ********`
    case 'identity-token':
      return 'identity token ********'
    case 'bearer':
      return 'registry token ********'
  }
}

function secretsOf(credentials: Credentials): readonly string[] {
  if (credentials.kind === 'bearer') return [credentials.token]
  const { username = '' } = credentials
  const password = credentials.kind === 'basic' ? credentials.password : credentials.token
  return [password, Buffer.from(`${username}:${password}`).toString('base64')]
}
