/**
 * A login for one server as files that only we can read, and the configuration that makes git look into them. No secret is in an argument
 * list, in a variable or in an address: git asks a helper, which prints a file; ssh is given the name of one.
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type GitLogin = { readonly kind: 'password'; readonly username: string; readonly password: string } | { readonly kind: 'key'; readonly key: string }

export interface PreparedLogin {
  readonly config: readonly (readonly [string, string])[]
  readonly variables: Readonly<Record<string, string>>
}

export interface SshPlace {
  /** Where hosts are remembered that were met here for the first time. */
  readonly knownHosts: string
  /** The person's own list, looked into as well. */
  readonly otherKnownHosts: readonly string[]
}

const credentialFile = 'credential'
const keyFile = 'key'

/** `folder` is private and goes when the clone is done. The helper answers for the origin of `url` only, so submodules elsewhere do not get it. */
export async function prepareLogin(url: string, login: GitLogin | undefined, folder: string, ssh: SshPlace): Promise<PreparedLogin> {
  const command = sshCommand(login?.kind === 'key' ? quoted(join(folder, keyFile)) : undefined, ssh)
  const variables: Record<string, string> = { GIT_SSH_COMMAND: command, GIT_SSH_VARIANT: 'ssh' }
  if (login === undefined) return { config: [], variables }
  if (login.kind === 'key') {
    await writePrivate(join(folder, keyFile), keyText(login.key))
    return { config: [], variables }
  }
  await writePrivate(join(folder, credentialFile), credentialText(login))
  return { config: [[`credential.${originOf(url)}.helper`, printing(quoted(join(folder, credentialFile)))]], variables }
}

/** For steps after the clone: the same files inside `.git`, found from there, wherever the workspace is seen. */
export async function keepLogin(url: string, login: GitLogin | undefined, gitFolder: string): Promise<readonly (readonly [string, string])[]> {
  if (login === undefined) return []
  const folder = join(gitFolder, 'slipway-login')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const here = (file: string): string => `"$(git rev-parse --absolute-git-dir)/slipway-login/${file}"`
  if (login.kind === 'key') {
    await writePrivate(join(folder, keyFile), keyText(login.key))
    return [['core.sshCommand', `ssh -i ${here(keyFile)} -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=accept-new`]]
  }
  await writePrivate(join(folder, credentialFile), credentialText(login))
  return [[`credential.${originOf(url)}.helper`, printing(here(credentialFile))]]
}

/** Git asks to get, and tells when a login was good or bad: only the first is answered. */
function printing(file: string): string {
  return `!f() { test "$1" = get && cat ${file}; }; f`
}

function credentialText({ username, password }: Extract<GitLogin, { kind: 'password' }>): string {
  return `username=${username}\npassword=${password}\n`
}

/** ssh refuses a key without its last line end. */
function keyText(key: string): string {
  return key.endsWith('\n') ? key : `${key}\n`
}

/** Hosts that nobody knows are remembered at the first meeting; one whose key has changed is refused. */
function sshCommand(key: string | undefined, ssh: SshPlace): string {
  const files = [ssh.knownHosts, ...ssh.otherKnownHosts].map((file) => `"${file}"`).join(' ')
  return [
    'ssh -F /dev/null',
    ...(key === undefined ? [] : [`-i ${key} -o IdentitiesOnly=yes -o IdentityAgent=none`]),
    '-o BatchMode=yes -o StrictHostKeyChecking=accept-new',
    `-o UserKnownHostsFile=${quoted(files)}`,
    '-o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4',
  ].join(' ')
}

async function writePrivate(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 })
  await chmod(file, 0o600)
}

export function originOf(url: string): string {
  return new URL(url).origin
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
