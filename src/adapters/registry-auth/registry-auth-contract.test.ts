/** Every place that logins come from, and several of them together. */
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { readConnector } from '../../../test/support/cloud/read-connector.ts'
import { fakeClock } from '../../../test/support/fake-clock.ts'
import { fixedCredentials, noCredentials } from '../../../test/support/registry/embedded.ts'
import { tempProject } from '../../../test/support/temp-project.ts'
import { problem } from '../../base/problem.ts'
import { registryAuthContract } from '../../ports/registry-auth.contract.ts'
import { chooseLogin } from './choose-login.ts'
import { allConnectorLogins, type ReadSecret } from './connector-auth.ts'
import type { LoginSource } from './login.ts'
import { machineLogins } from './machine-logins.ts'

type Users = Readonly<Record<string, string>>

function authsOf(users: Users) {
  return Object.fromEntries(Object.entries(users).map(([prefix, username]) => [prefix, { username, password: `pw-of-${username}` }]))
}

function machine(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const { dir } = tempProject(files)
  for (const name of Object.keys(files)) if (name.startsWith('bin/')) chmodSync(join(dir, name), 0o755)
  return { dir, sources: machineLogins({ env: { HOME: dir, PATH: `${join(dir, 'bin')}:/usr/bin:/bin`, ...env }, clock: fakeClock() }) }
}

function connectors(users: Users, read: ReadSecret): readonly LoginSource[] {
  const all = Object.entries(users).map(([prefix, user], i) =>
    readConnector(
      `type: DockerRegistry, spec: {dockerRegistryUrl: "https://${prefix}", auth: {type: UsernamePassword, spec: {username: ${user}, passwordRef: account.${user}}}}`,
      `c${i}`,
    ),
  )
  return allConnectorLogins(all, read)
}

const passwords: ReadSecret = async (name) => `pw-of-${name.slice('account.'.length)}`

/** A secret that comes when it is let go, for those who still wait. */
function gate() {
  const open = Promise.withResolvers<void>()
  let asked = 0
  const read: ReadSecret = async (name, { signal }) => {
    asked += 1
    await Promise.race([open.promise, new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))])
    return passwords(name, { signal })
  }
  return { read, asked: () => asked === 3, release: () => open.resolve() }
}

const needsNothing = { test: 'lets one who asks go, and serves the others', reason: 'it has its answer at once' }

describe('the logins of connectors', () =>
  registryAuthContract({
    holding: async (users) => chooseLogin({ sources: connectors(users, passwords) }),
    async slow() {
      const { read, ...rest } = gate()
      return { auth: chooseLogin({ sources: connectors({ 'slow.io': 'sam' }, read) }), ...rest }
    },
    broken: async () =>
      chooseLogin({
        sources: connectors({ 'r.io': 'ann' }, async (name) => {
          throw problem('SECRET_NOT_FOUND', { name, sources: 'none', variable: 'X' })
        }),
      }),
  }))

describe("docker's configuration", () =>
  registryAuthContract(
    {
      holding: async (users) => chooseLogin(machine({ '.docker/config.json': JSON.stringify({ auths: authsOf(users) }) })),
      slow: async () => ({ auth: noCredentials(), asked: () => true, release: () => undefined }),
      broken: async () => chooseLogin(machine({ '.docker/config.json': '{"auths": {"r.io": {"auth": "s3cret"' })),
    },
    { skip: [needsNothing] },
  ))

describe('a variable with logins', () =>
  registryAuthContract(
    {
      holding: async (users) => chooseLogin(machine({}, { SLIPWAY_REGISTRY_AUTH: JSON.stringify(authsOf(users)) })),
      slow: async () => ({ auth: noCredentials(), asked: () => true, release: () => undefined }),
      broken: async () => chooseLogin(machine({}, { SLIPWAY_REGISTRY_AUTH: '{"r.io": "s3cret"}' })),
    },
    { skip: [needsNothing] },
  ))

const helper = (body: string): string => `#!/bin/sh\nread server\n${body}\n`
const says = (user: string): string => `echo '{"ServerURL":"x","Username":"${user}","Secret":"pw-of-${user}"}'`

describe('credential helpers', () =>
  registryAuthContract({
    async holding(users) {
      const config = JSON.stringify({ credHelpers: Object.fromEntries(Object.keys(users).map((prefix) => [prefix, 'x'])) })
      const cases = Object.entries(users).map(([prefix, user]) => `${prefix}) ${says(user)};;`)
      return chooseLogin(machine({ '.docker/config.json': config, 'bin/docker-credential-x': helper(`case "$server" in ${cases.join(' ')} esac`) }))
    },
    async slow() {
      const body = `touch "$HOME/asked"; until test -e "$HOME/go" || ! test -d "$HOME"; do sleep 0.05; done; ${says('sam')}`
      const { dir, sources } = machine({ '.docker/config.json': '{"credHelpers": {"slow.io": "x"}}', 'bin/docker-credential-x': helper(body) })
      return { auth: chooseLogin({ sources }), asked: () => existsSync(join(dir, 'asked')), release: () => writeFileSync(join(dir, 'go'), '') }
    },
    broken: async () =>
      chooseLogin(
        machine({ '.docker/config.json': '{"credHelpers": {"r.io": "x"}}', 'bin/docker-credential-x': helper('echo \'{"Secret": "s3cret"}\'; exit 1') }),
      ),
  }))

describe('connectors and the machine together', () =>
  registryAuthContract({
    async holding(users) {
      const all = Object.entries(users)
      const half = (even: boolean): Users => Object.fromEntries(all.filter((_, i) => (i % 2 === 0) === even))
      const { sources } = machine({ '.docker/config.json': JSON.stringify({ auths: authsOf(half(false)) }) })
      return chooseLogin({ sources: [...connectors(half(true), passwords), ...sources] })
    },
    async slow() {
      const { read, ...rest } = gate()
      return { auth: chooseLogin({ named: connectors({ 'slow.io': 'sam' }, read), sources: machine({}).sources }), ...rest }
    },
    broken: async () => chooseLogin({ sources: [...connectors({ 's.io': 'ann' }, passwords), ...machine({ '.docker/config.json': '{"s3cret"' }).sources] }),
  }))

const forTests = (test: string) => ({ test, reason: 'the fake of the registry tests has one answer for all' })

describe('fixed credentials', () =>
  registryAuthContract(
    {
      holding: async (users) => {
        const [username = ''] = Object.values(users)
        return fixedCredentials({ kind: 'basic', username, password: `pw-of-${username}` })
      },
      slow: async () => ({ auth: noCredentials(), asked: () => true, release: () => undefined }),
      broken: async () => noCredentials(),
    },
    {
      skip: [
        forTests('answers undefined for the registries of others'),
        forTests('lets the longest prefix win, by whole parts of the path'),
        forTests('throws a Problem without secrets when its place cannot be read'),
        needsNothing,
      ],
    },
  ))
