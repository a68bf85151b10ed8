/** The engine is found as docker finds it. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../test/support/temp-project.ts'
import { findEngine } from './find-engine.ts'

const id = (name: string): string => createHash('sha256').update(name).digest('hex')
const meta = (name: string, host: string): Record<string, string> => ({
  [`.docker/contexts/meta/${id(name)}/meta.json`]: JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }),
})

describe('the engine that is meant', () => {
  it('is that of DOCKER_HOST, whatever the contexts say', async () => {
    const { dir } = tempProject({ ...meta('far', 'tcp://far:2375'), '.docker/config.json': '{"currentContext":"far"}' })
    const found = await findEngine({ HOME: dir, DOCKER_HOST: 'unix:///x.sock', DOCKER_CONTEXT: 'far' })
    expect(found).toEqual({ host: 'unix:///x.sock', because: 'DOCKER_HOST says so' })
  })

  it('is that of DOCKER_CONTEXT, else of the current context', async () => {
    const { dir } = tempProject({ ...meta('far', 'tcp://far:2375'), ...meta('near', 'unix:///near.sock'), '.docker/config.json': '{"currentContext":"near"}' })
    expect(await findEngine({ HOME: dir, DOCKER_CONTEXT: 'far' })).toEqual({ host: 'tcp://far:2375', because: 'the docker context far' })
    expect(await findEngine({ HOME: dir })).toEqual({ host: 'unix:///near.sock', because: 'the docker context near' })
    expect((await findEngine({ HOME: '/nowhere', DOCKER_CONFIG: join(dir, '.docker') })).host).toBe('unix:///near.sock')
    expect((await findEngine({ HOME: dir, DOCKER_CONTEXT: 'default' })).host).toMatch(/^unix:.*docker\.sock$/)
  })

  it('brings the certificates of its context, or of DOCKER_CERT_PATH', async () => {
    const pem = (folder: string) => ({ [`${folder}/ca.pem`]: 'CA', [`${folder}/cert.pem`]: 'CERT', [`${folder}/key.pem`]: 'KEY' })
    const { dir } = tempProject({ ...meta('far', 'tcp://far:2376'), ...pem(`.docker/contexts/tls/${id('far')}/docker`), ...pem('certs') })
    const tls = { ca: 'CA', cert: 'CERT', key: 'KEY' }
    expect(await findEngine({ HOME: dir, DOCKER_CONTEXT: 'far' })).toMatchObject({ tls })
    const env = { HOME: dir, DOCKER_HOST: 'tcp://x:2376', DOCKER_TLS_VERIFY: '1' }
    expect(await findEngine({ ...env, DOCKER_CERT_PATH: join(dir, 'certs') })).toMatchObject({ tls })
    await expect(findEngine(env)).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE', message: expect.stringContaining('ca.pem') })
  })

  it('is none when its context is not there or names no host', async () => {
    const { dir } = tempProject({ [`.docker/contexts/meta/${id('odd')}/meta.json`]: '{}' })
    for (const name of ['gone', 'odd'])
      await expect(findEngine({ HOME: dir, DOCKER_CONTEXT: name })).rejects.toMatchObject({
        code: 'DOCKER_CONTEXT_UNKNOWN',
        message: expect.stringContaining(name),
      })
  })

  it('is at the usual socket when nobody says anything', async () => {
    const { dir } = tempProject({ '.docker/config.json': 'no JSON' })
    expect((await findEngine({ HOME: dir })).because).toContain('DOCKER_HOST is not set')
  })
})
