/** Files over http(s) and repositories through the git program. */
import { isProblem, problem } from '../../base/problem.ts'
import { shownAddress } from '../../dockerfile/git-source.ts'
import { checkout } from '../../git/checkout.ts'
import type { Remote } from '../../ports/remote.ts'
import type { HttpSend } from '../../registry/http.ts'

export interface RemoteParts {
  readonly send: HttpSend
  readonly env: Readonly<Record<string, string | undefined>>
}

const mostRedirects = 10

export function remote({ send, env }: RemoteParts): Remote {
  return {
    async fetch(url, { signal, known }) {
      const asked: Record<string, string> = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'slipway' }
      if (known?.etag !== undefined) asked['if-none-match'] = known.etag
      if (known?.lastModified !== undefined) asked['if-modified-since'] = known.lastModified
      const failed = (reason: string, cause?: unknown) =>
        problem('REMOTE_FAILED', { address: shownAddress(url), reason }, { cause, retryable: cause !== undefined })
      let at = new URL(url)
      for (let count = 0; count <= mostRedirects; count++) {
        const login = loginOf(at)
        const answer = await send({ method: 'GET', url: withoutLogin(at), headers: { ...asked, ...login } }, { signal }).catch((error: unknown) => {
          signal.throwIfAborted()
          throw isProblem(error) ? error : failed(reasonOf(error), error)
        })
        if (answer.status === 304 && known !== undefined) {
          answer.body.destroy()
          return 'unchanged'
        }
        const location = answer.header('location')
        if (answer.status >= 300 && answer.status < 400 && location !== undefined) {
          answer.body.destroy()
          at = new URL(location, at)
          if (!/^https?:$/.test(at.protocol)) throw failed(`it leads to ${at.protocol}, which is not followed`)
          continue
        }
        if (answer.status !== 200) {
          answer.body.destroy()
          throw failed(`the server answers ${answer.status}`)
        }
        const [etag, lastModified] = [answer.header('etag'), answer.header('last-modified')]
        return { body: answer.body, ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) }
      }
      throw failed(`it leads on more than ${mostRedirects} times`)
    },
    async checkout(source, folder, o) {
      const done = await checkout(source.url, source.ref, folder, { ...o, env })
      if (done.kind === 'done') return done
      throw problem('REMOTE_FAILED', { address: shownAddress(source.url), reason: done.reason })
    },
  }
}

function loginOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  return { authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}` }
}

function withoutLogin(url: URL): URL {
  const plain = new URL(url)
  plain.username = ''
  plain.password = ''
  return plain
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return code === undefined ? error.message : `${code}${error.message === '' ? '' : ` (${error.message})`}`
}
