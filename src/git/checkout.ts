/** One commit of a repository into a folder: shallow where the server allows it, submodules too, credentials in no argument list. */
import { spawn } from 'node:child_process'

export interface CheckoutOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** For the host of the address. */
  readonly token?: string
  readonly agent?: string
}

/** `reason`: what git said last, without credentials. */
export type CheckedOut = { readonly kind: 'done'; readonly commit: string; readonly seconds: number } | { readonly kind: 'failed'; readonly reason: string }

export async function checkout(url: string, ref: string | undefined, folder: string, o: CheckoutOptions): Promise<CheckedOut> {
  const { address, env } = apart(url, o)
  const git = (...args: readonly string[]) => runIn(folder, args, env, o.signal)
  if (ref?.startsWith('-')) return { kind: 'failed', reason: `"${ref}" is no name of a branch, tag or commit` }
  const begun = await git('init', '--quiet', '.')
  if (begun.code !== 0) return failed(begun)
  await git('remote', 'add', 'origin', '--', address)
  const fetched = await fetchRef(git, ref ?? 'HEAD')
  if (fetched !== undefined) return failed(fetched)
  const steps = [
    ['checkout', '--quiet', '--detach', 'FETCH_HEAD'],
    ['submodule', 'update', '--quiet', '--init', '--recursive', '--depth=1'],
  ]
  for (const step of steps) {
    const ran = await git(...step)
    if (ran.code !== 0) return failed(ran)
  }
  const [commit = '', seconds = '0'] = (await git('log', '-1', '--format=%H %ct')).out.trim().split(' ')
  return { kind: 'done', commit, seconds: Number(seconds) }
}

type Git = (...args: readonly string[]) => Promise<Ran>

/** Servers may refuse a commit by its name, or part of a history: then all of it is fetched. */
async function fetchRef(git: Git, ref: string): Promise<Ran | undefined> {
  const first = await git('fetch', '--quiet', '--depth=1', '--no-tags', 'origin', '--', ref)
  if (first.code === 0) return undefined
  // Plain files behind a web server are a repository too, but only as a whole.
  if (/shallow/.test(first.err)) {
    const whole = await git('fetch', '--quiet', '--no-tags', 'origin', '--', ref)
    if (whole.code === 0) return undefined
  }
  if (!/^[0-9a-f]{7,64}$/.test(ref)) return first
  const all = await git('fetch', '--quiet', '--tags', 'origin', '--', '+refs/heads/*:refs/remotes/origin/*')
  if (all.code !== 0) return first
  const found = await git('rev-parse', '--verify', '--quiet', `${ref}^{commit}`)
  if (found.code !== 0) return first
  const fetched = await git('fetch', '--quiet', '.', found.out.trim())
  return fetched.code === 0 ? undefined : fetched
}

/** User and password leave the address and go, like a token, into a header that only git's own environment holds. */
function apart(url: string, o: CheckoutOptions): { readonly address: string; readonly env: Record<string, string> } {
  const env: Record<string, string> = {
    PATH: o.env['PATH'] ?? '',
    HOME: o.env['HOME'] ?? '',
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'http:https:ssh:git',
    GIT_SSH_COMMAND: o.env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes',
  }
  const agent = o.agent ?? o.env['SSH_AUTH_SOCK']
  if (agent !== undefined) env['SSH_AUTH_SOCK'] = agent
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'GIT_SSL_CAINFO', 'XDG_CONFIG_HOME']) {
    const value = o.env[name] ?? o.env[name.toUpperCase()]
    if (value !== undefined) env[name] = value
  }
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return { address: url, env }
  const parsed = new URL(url)
  const [user, password] = [decodeURIComponent(parsed.username), decodeURIComponent(parsed.password)]
  parsed.username = ''
  parsed.password = ''
  const login = user !== '' || password !== '' ? `${user}:${password}` : o.token === undefined ? undefined : `x-access-token:${o.token}`
  if (login !== undefined) {
    env['GIT_CONFIG_COUNT'] = '1'
    env['GIT_CONFIG_KEY_0'] = `http.${parsed.origin}/.extraHeader`
    env['GIT_CONFIG_VALUE_0'] = `Authorization: Basic ${Buffer.from(login).toString('base64')}`
  }
  return { address: parsed.href, env }
}

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

function failed({ err, code }: Ran): CheckedOut {
  const last = err.trim().split('\n').at(-1) ?? ''
  return { kind: 'failed', reason: last === '' ? `git ended with exit code ${code}` : last.replace(/^(?:fatal|error): /, '') }
}

const most = 64 * 1024

async function runIn(folder: string, args: readonly string[], env: Record<string, string>, signal: AbortSignal): Promise<Ran> {
  const child = spawn('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false', '-c', 'core.autocrlf=false', ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  const texts = { out: '', err: '' }
  for (const name of ['out', 'err'] as const)
    child[`std${name}`].on('data', (chunk: Buffer) => (texts[name] = (texts[name] + chunk.toString('utf8')).slice(-most)))
  const code = await new Promise<number>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') texts.err = 'git is not installed'
      resolve(127)
    })
    child.on('close', (exit) => resolve(exit ?? 1))
  })
  signal.throwIfAborted()
  return { code, ...texts }
}
