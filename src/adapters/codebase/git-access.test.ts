/** Git connectors, by service and by kind of login: the address of a repository and the login for it. */
import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readConnector } from '../../../test/support/cloud/read-connector.ts'
import { repositoryUrl } from '../../pipeline/repository-url.ts'
import { gitAccess } from './git-access.ts'

const signal = new AbortController().signal
const now = Date.UTC(2030, 0, 2, 3, 4, 5)
const secrets: Readonly<Record<string, string>> = { pw: 'password', tok: 'token', key: 'private key', who: 'somebody' }
const read = async (name: string) => secrets[name] ?? 'missing'

async function reached(body: string, name: { readonly repoName?: string; readonly projectName?: string } = {}) {
  const access = gitAccess(readConnector(body, 'c'), read)
  const url = access === undefined ? undefined : repositoryUrl(access.address, name)
  return { url, login: url === undefined ? undefined : await access?.login(url, { signal, now }) }
}

const http = (type: string, spec: string) => `authentication: {type: Http, spec: {type: ${type}, spec: {${spec}}}}`
const app = { repoName: 'app' }

describe('git connectors', () => {
  it.each([
    [
      'GitHub, account',
      `type: Github, spec: {url: "https://github.com/acme/", type: Account, ${http('UsernameToken', 'username: u, tokenRef: tok')}}`,
      app,
      'https://github.com/acme/app',
      'u',
      'token',
    ],
    [
      'GitHub, repository',
      `type: Github, spec: {url: "https://github.com/acme/app", type: Repo, ${http('OAuth', 'tokenRef: tok')}}`,
      { repoName: 'ignored' },
      'https://github.com/acme/app',
      'x-access-token',
      'token',
    ],
    [
      'GitLab, groups',
      `type: Gitlab, spec: {url: "https://gitlab.com/acme", type: Account, ${http('UsernamePassword', 'usernameRef: who, passwordRef: pw')}}`,
      { repoName: 'team/app' },
      'https://gitlab.com/acme/team/app',
      'somebody',
      'password',
    ],
    [
      'GitLab, token alone',
      `type: Gitlab, spec: {url: "https://gitlab.com/acme", type: Account, ${http('UsernameToken', 'tokenRef: tok')}}`,
      app,
      'https://gitlab.com/acme/app',
      'oauth2',
      'token',
    ],
    [
      'Bitbucket',
      `type: Bitbucket, spec: {url: "https://bitbucket.org/acme", type: Account, ${http('UsernameToken', 'tokenRef: tok')}}`,
      app,
      'https://bitbucket.org/acme/app',
      'x-token-auth',
      'token',
    ],
    [
      'Azure, project',
      `type: AzureRepo, spec: {url: "https://dev.azure.com/acme/proj", type: Project, ${http('UsernameToken', 'username: u, tokenRef: tok')}}`,
      app,
      'https://dev.azure.com/acme/proj/_git/app',
      'u',
      'token',
    ],
    [
      'Azure, account',
      `type: AzureRepo, spec: {url: "https://dev.azure.com/acme", type: Account, ${http('UsernameToken', 'username: u, tokenRef: tok')}}`,
      { repoName: 'app', projectName: 'proj' },
      'https://dev.azure.com/acme/proj/_git/app',
      'u',
      'token',
    ],
    [
      'any server',
      'type: Git, spec: {url: "https://git.example", type: Http, connectionType: Account, spec: {username: u, passwordRef: pw}}',
      app,
      'https://git.example/app',
      'u',
      'password',
    ],
  ])('%s: user and password or token', async (_name, body, name, url, username, password) => {
    expect(await reached(body, name)).toEqual({ url, login: { kind: 'password', username, password } })
  })

  it.each([
    [
      'GitHub',
      'type: Github, spec: {url: "git@github.com:acme", type: Account, authentication: {type: Ssh, spec: {sshKeyRef: key}}}',
      'git@github.com:acme/app',
    ],
    [
      'Azure',
      'type: AzureRepo, spec: {url: "git@ssh.dev.azure.com:v3/acme/proj", type: Project, authentication: {type: Ssh, spec: {sshKeyRef: key}}}',
      'git@ssh.dev.azure.com:v3/acme/proj/app',
    ],
    [
      'any server',
      'type: Git, spec: {url: "ssh://git@git.example:2222/srv", type: Ssh, connectionType: Account, spec: {sshKeyRef: key}}',
      'ssh://git@git.example:2222/srv/app',
    ],
  ])('%s: a key', async (_name, body, url) => {
    expect(await reached(body, app)).toEqual({ url, login: { kind: 'key', key: 'private key' } })
  })

  it('CodeCommit: keys of AWS become a password that is signed for the repository and the moment', async () => {
    const body = `type: Codecommit, spec: {url: "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos", type: Region, authentication: {type: HTTPS, spec: {type: AWSCredentials, spec: {accessKey: AKIA, secretKeyRef: pw}}}}`
    const { url, login } = await reached(body, app)
    expect(url).toBe('https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/app')
    const sha = (text: string) => createHash('sha256').update(text).digest('hex')
    const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
    const canonical = 'GIT\n/v1/repos/app\n\nhost:git-codecommit.eu-west-1.amazonaws.com\n\nhost\n'
    const key = hmac(hmac(hmac(hmac('AWS4password', '20300102'), 'eu-west-1'), 'codecommit'), 'aws4_request')
    const signature = hmac(key, `AWS4-HMAC-SHA256\n20300102T030405\n20300102/eu-west-1/codecommit/aws4_request\n${sha(canonical)}`).toString('hex')
    expect(login).toEqual({ kind: 'password', username: 'AKIA', password: `20300102T030405Z${signature}` })
  })

  it('need the name of a repository where the URL is of many', async () => {
    expect((await reached('type: Github, spec: {url: "https://github.com/acme", type: Account}')).url).toBeUndefined()
  })

  it('give no login to anybody who may read without', async () => {
    expect((await reached(`type: Github, spec: {url: "https://github.com/acme/app", type: Repo, ${http('Anonymous', '')}}`)).login).toBeUndefined()
  })

  it.each([
    [
      'a key for an address of the web',
      'type: Github, spec: {url: "https://github.com/acme/app", type: Repo, authentication: {type: Ssh, spec: {sshKeyRef: key}}}',
    ],
    [
      'a password for an address of ssh',
      `type: Github, spec: {url: "git@github.com:acme/app", type: Repo, ${http('UsernamePassword', 'username: u, passwordRef: pw')}}`,
    ],
    ['a login that is not spoken here', `type: Github, spec: {url: "https://github.com/acme/app", type: Repo, ${http('GithubApp', '')}}`],
  ])('refuse %s', async (_name, body) => {
    await expect(reached(body)).rejects.toMatchObject({ code: 'GIT_LOGIN_MISFIT' })
  })
})
