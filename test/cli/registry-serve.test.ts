/** `slipway registry serve`: for everybody, for users of a file, for readers only. */
import { describe, expect, it } from 'vitest'
import { freePort } from '../support/real-process.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

/** Serves while `use` is at work; answers what the command printed and its exit code. */
async function served(dir: string, args: readonly string[], use: (url: string) => Promise<void>) {
  const stop = new AbortController()
  const address = `127.0.0.1:${await freePort()}`
  const world = testWorld({ cwd: dir, signal: stop.signal })
  const running = world.run('registry', 'serve', '--listen', address, '--data', `${dir}/data`, ...args)
  const url = `http://${address}`
  const ready = async () => (await fetch(`${url}/v2/`).catch(() => undefined))?.status
  await Promise.race([expect.poll(ready, { timeout: 10_000 }).toBeDefined(), running])
  try {
    await use(url)
  } finally {
    stop.abort()
  }
  return running
}

const upload = (url: string, headers: Record<string, string> = {}) => fetch(`${url}/v2/a/blobs/uploads/`, { method: 'POST', headers })
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

describe('slipway registry serve', () => {
  it('takes what anybody brings, and ends when told', async () => {
    const { dir } = tempProject()
    const { code, out } = await served(dir, [], async (url) => expect((await upload(url)).status).toBe(202))
    expect([code, out]).toEqual([0, expect.stringMatching(/^registry at http:\/\/127\.0\.0\.1:\d+, data in /)])
  })

  it('asks for users and passwords of a file', async () => {
    const { dir, write } = tempProject()
    write({ users: '# people\n\nann:with:colon\nbob:b\n' })
    await served(dir, ['--users', 'users'], async (url) => {
      const statuses = [await upload(url), await upload(url, basic('ann:with:colon')), await upload(url, basic('bob:b')), await upload(url, basic('bob:c'))]
      expect(statuses.map((answer) => answer.status)).toEqual([401, 202, 202, 401])
    })
  })

  it('gives and takes nothing when it is read-only', async () => {
    const { dir } = tempProject()
    await served(dir, ['--read-only'], async (url) => expect([(await fetch(`${url}/v2/`)).status, (await upload(url)).status]).toEqual([200, 405]))
  })

  it.each([
    ['SERVE_USERS_BAD', ['--users', 'users']],
    ['FILE_UNREADABLE', ['--users', 'none']],
    ['SERVE_TLS_HALF', ['--tls-cert', 'users']],
    ['REGISTRY_CANNOT_LISTEN', ['--tls-cert', 'users', '--tls-key', 'users']],
    ['LISTEN_BAD', ['--listen', 'here']],
  ])('says what is wrong: %s', async (code, args) => {
    const { dir } = tempProject({ users: 'ann without a colon\n' })
    const ran = await testWorld({ cwd: dir }).run('registry', 'serve', '--listen', '127.0.0.1:0', '--data', `${dir}/data`, ...args)
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining(code)])
  })
})
