/** Credentials through the whole program: which login is used for which path, and what --debug-auth says about it. */
import { describe, expect, it } from 'vitest'
import { writeArchive } from '../../src/media/write-archive.ts'
import { randomImage } from '../../src/oci/random-image.ts'
import { type AccessRule, basicAuth } from '../../src/registry/server/access-rule.ts'
import { embeddedRegistry } from '../support/registry/embedded.ts'
import { slipwayHere as slipway } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

const signal = new AbortController().signal

/** Each repository belongs to the user its first part is named for; the rest to `host`. */
const perPath: AccessRule = (asker) => {
  const owner = /^\/v2\/(ann|bob)\//.exec(asker.path)?.[1] ?? 'host'
  return basicAuth({ [owner]: `secret-of-${owner}` })(asker)
}

const login = (username: string) => ({ auth: Buffer.from(`${username}:secret-of-${username}`).toString('base64') })

async function prepared(files: (registry: string) => Readonly<Record<string, string | object>>) {
  const { registry } = await embeddedRegistry({ auth: perPath })
  const texts = Object.entries(files(registry)).map(([name, content]) => [name, typeof content === 'string' ? content : JSON.stringify(content)])
  const { dir } = tempProject(Object.fromEntries(texts))
  await writeArchive(`${dir}/app.tar`, [{ view: await randomImage(), refs: [] }], { signal, durability: 'fast' })
  return { registry, dir }
}

describe('credentials', () => {
  it('of two users on one host serve their own paths, and --debug-auth says so', async () => {
    const { registry, dir } = await prepared((host) => ({
      '.docker/config.json': { auths: { [host]: login('host'), [`${host}/ann`]: login('ann'), [`https://${host}/v2/bob`]: login('bob') } },
    }))
    const targets = ['ann', 'bob', 'carl'].map((owner) => `${registry}/${owner}/app:1`)
    const { code, out, err } = await slipway(dir, { HOME: dir }, 'push', 'app.tar', ...targets, '--debug-auth')
    expect(err.split('\n').filter((line) => line.includes('/ann/'))).toEqual([
      `auth: ${registry}/ann/app: the registry asks for basic`,
      `auth: ${registry}/ann/app: user "ann" with password ********, from ${dir}/.docker/config.json, which fits with ${registry}/ann`,
      `auth: ${registry}/ann/app: not used: ${dir}/.docker/config.json, which fits with ${registry} (a shorter prefix)`,
    ])
    expect(err).toContain(`${registry}/bob/app: user "bob" with`)
    expect(err).toContain(`${registry}/carl/app: user "host" with`)
    expect(`${out}${err}`).not.toMatch(/secret-of/)
    expect(code).toBe(0)
    expect(new Set(out.match(/sha256:[0-9a-f]{64}/g)).size).toBe(1)
  })

  it('of connectors count for their namespace, and for their host where nothing else fits', async () => {
    const connector = (id: string, url: string) => ({
      connector: {
        identifier: id,
        name: id,
        type: 'DockerRegistry',
        spec: { dockerRegistryUrl: url, auth: { type: 'UsernamePassword', spec: { username: id, passwordRef: id } } },
      },
    })
    const { registry, dir } = await prepared((host) => ({
      '.slipway/config.yaml': { connectors: [connector('ann', `http://${host}/ANN`), connector('host', `http://${host}/elsewhere`)] },
      '.docker/config.json': { auths: { [`${host}/bob`]: login('bob') } },
    }))
    const env = { HOME: dir, SLIPWAY_SECRET_ANN: 'secret-of-ann', SLIPWAY_SECRET_HOST: 'secret-of-host' }
    const pushed = await slipway(dir, env, 'push', 'app.tar', `${registry}/ann/app:1`, `${registry}/bob/app:1`, `${registry}/elsewhere/app:1`, '--debug-auth')
    expect([pushed.code, pushed.err]).toEqual([
      0,
      expect.stringContaining(`user "ann" with password ********, from connector ann, which fits with ${registry}/ann`),
    ])
    expect(pushed.err).toContain(`not used: connector host, which fits with ${registry} (it was given for another path)`)
    // The first of two connectors for other paths is taken, and its refusal names it.
    const other = await slipway(dir, env, 'pull', `${registry}/nobody/app:1`, '--debug-auth')
    expect([other.code, other.err]).toEqual([
      1,
      expect.stringContaining(`user "ann" with password ********, from connector ann, which fits with ${registry}\n`),
    ])
    expect(other.err).not.toContain('secret-of')
  })

  it('that cannot be read are an error with the file and the reason', async () => {
    const { registry, dir } = await prepared(() => ({ '.docker/config.json': '{"auths": {' }))
    const { code, err } = await slipway(dir, { HOME: dir }, 'push', 'app.tar', `${registry}/ann/app:1`)
    expect([code, err]).toEqual([1, expect.stringContaining(`the credentials in ${dir}/.docker/config.json cannot be read: it is not JSON`)])
  })

  it('that nobody has are said to be none, and so is a registry that does not ask', async () => {
    const { registry, dir } = await prepared(() => ({}))
    const refused = await slipway(dir, { HOME: dir }, 'push', 'app.tar', `${registry}/ann/app:1`, '--debug-auth')
    expect(refused.code).toBe(1)
    expect(refused.err).toContain(`auth: ${registry}/ann/app: anonymous: no login fits, of ${dir}/.docker/config.json; ${dir}/.config/containers/auth.json\n`)
    const open = await embeddedRegistry()
    const { err } = await slipway(dir, { HOME: dir }, 'push', 'app.tar', `${open.registry}/a:1`, '--debug-auth')
    expect(err).toBe(`auth: ${open.registry}/a: the registry did not ask who we are\n`)
  })
})
